import { Check, ChevronsUpDown, Globe } from "lucide-react";
import { useState } from "react";
import {
  Button as AriaButton,
  Dialog,
  DialogTrigger,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
  SearchField,
} from "react-aria-components";
import { useNavigate } from "react-router";
import { api, call } from "@/api/client";
import { useList, useMay, useMe } from "@/api/query";
import { useSite, useSites } from "@/api/resources";
import type { Workspace } from "@/api/types";
import { words } from "@/lib/format";
import { useUi } from "@/lib/store";
import { INPUT } from "@/ui/Field";
import { failed } from "@/ui/ToastNotifications";
import { switchTenant } from "./switchTenant";

const TRIGGER =
  "flex h-9 min-w-0 max-w-52 cursor-pointer items-center gap-2 rounded-lg px-2 font-medium hover:bg-sunk pointer-coarse:h-10 max-md:max-w-full";
const ITEM =
  "group flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 outline-none pointer-coarse:py-2.5 data-[focused]:bg-sunk";

/** The site in hand; sites are grouped by workspace. */
export function SiteSwitcher() {
  const me = useMe().data;
  const { site } = useSite();
  const sites = useSites().data ?? [];
  const navigate = useNavigate();
  const mayAdd = useMay("admin");
  const [search, setSearch] = useState("");
  const workspaces = useList<Workspace>("workspaces", "switcher", (cursor) =>
    call(api.GET("/api/auth/workspaces", { params: { query: { limit: 200, cursor } } })),
  ).rows;
  const found = sites.filter((one) => one.name.toLowerCase().includes(search.trim().toLowerCase()));
  const groups = [...workspaces.map((one) => ({ id: one.id, name: one.name })), { id: "", name: "Other sites" }]
    .map((group) => ({ ...group, sites: found.filter((one) => (one.workspace_id ?? "") === group.id) }))
    .filter((group) => group.sites.length > 0);
  return (
    <DialogTrigger>
      <AriaButton className={TRIGGER} aria-label={site ? `Site: ${site.name}. Switch.` : "Choose a site"}>
        <Globe className="size-4 shrink-0 text-ink-soft max-sm:hidden" aria-hidden />
        <span className="truncate">{site?.name ?? "No site"}</span>
        <ChevronsUpDown className="size-3.5 shrink-0 text-ink-soft" aria-hidden />
      </AriaButton>
      <Popover placement="bottom start" className="pop card w-80 max-w-[calc(100vw-1rem)] shadow-lg">
        <Dialog aria-label="Switch site" className="outline-none">
          {({ close }) => (
            <>
              {sites.length > 6 && (
                <SearchField
                  aria-label="Find a site"
                  value={search}
                  onChange={setSearch}
                  autoFocus
                  className="p-2 pb-0"
                >
                  <Input placeholder="Find a site" className={INPUT} />
                </SearchField>
              )}
              <ListBox
                aria-label="Sites"
                selectionMode="single"
                selectedKeys={site ? [site.id] : []}
                className="max-h-80 overflow-auto p-1 outline-none"
                renderEmptyState={() => <p className="px-3 py-2 text-ink-soft">No site has this name.</p>}
                // Not onAction: where one is selected, a press is a choice and no action.
                onSelectionChange={(keys) => {
                  const [key] = keys === "all" ? [] : keys;
                  if (key === "+new") void navigate("/settings/sites?new=1");
                  else if (me && key) useUi.getState().chooseSite(me.tenant.id, String(key));
                  close();
                }}
              >
                {groups.map((group) => (
                  <ListBoxSection key={group.id} id={group.id || "other"}>
                    {groups.length > 1 && (
                      <Header className="px-2.5 pt-2 pb-1 text-xs text-ink-soft">{group.name}</Header>
                    )}
                    {group.sites.map((one) => (
                      <ListBoxItem key={one.id} id={one.id} textValue={one.name} className={ITEM}>
                        <span className="min-w-0 flex-1">
                          <span className="block truncate">{one.name}</span>
                          <span className="block truncate text-xs text-ink-soft">{one.domain ?? one.host}</span>
                        </span>
                        <Check className="size-4 text-brand opacity-0 group-data-[selected]:opacity-100" aria-hidden />
                      </ListBoxItem>
                    ))}
                  </ListBoxSection>
                ))}
                {mayAdd && (
                  <ListBoxItem id="+new" textValue="Add site" className={ITEM}>
                    Add site…
                  </ListBoxItem>
                )}
              </ListBox>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The tenant's name; who belongs to several switches here. */
export function TenantSwitcher() {
  const me = useMe().data;
  if (!me) return null;
  if (me.tenants.length < 2) {
    return <span className="block truncate px-2 text-ink-soft">{me.tenant.name}</span>;
  }
  const change = async (tenant: string) => {
    try {
      await switchTenant(tenant);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <DialogTrigger>
      <AriaButton className={TRIGGER} aria-label={`Account: ${me.tenant.name}. Switch.`}>
        <span className="truncate text-ink-soft">{me.tenant.name}</span>
        <ChevronsUpDown className="size-3.5 shrink-0 text-ink-soft" aria-hidden />
      </AriaButton>
      <Popover placement="bottom start" className="pop card w-72 shadow-lg">
        <Dialog aria-label="Switch account" className="outline-none">
          <ListBox
            aria-label="Accounts"
            selectionMode="single"
            selectedKeys={[me.tenant.id]}
            className="max-h-80 overflow-auto p-1 outline-none"
            onSelectionChange={(keys) => {
              const [key] = keys === "all" ? [] : keys;
              if (key) void change(String(key));
            }}
          >
            {me.tenants.map((tenant) => (
              <ListBoxItem key={tenant.id} id={tenant.id} textValue={tenant.name} className={ITEM}>
                <span className="min-w-0 flex-1">
                  <span className="block truncate">{tenant.name}</span>
                  <span className="block text-xs text-ink-soft">{words(tenant.role)}</span>
                </span>
                <Check className="size-4 text-brand opacity-0 group-data-[selected]:opacity-100" aria-hidden />
              </ListBoxItem>
            ))}
          </ListBox>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
