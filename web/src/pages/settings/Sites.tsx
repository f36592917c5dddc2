/** The sites of the account, by workspace. */
import { FolderPlus, Globe, Pencil, Plus, SquareArrowOutUpRight, Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, call } from "@/api/client";
import { useList, useMay, useMe } from "@/api/query";
import type { Site, Workspace } from "@/api/types";
import { words } from "@/lib/format";
import { useUi } from "@/lib/store";
import { RowActions } from "@/ui/ActionButtons";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import type { MenuEntry } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { EmptyState, ErrorState } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { act, deleteSite, useWorkspaces } from "./resources";
import { SiteDialog } from "./SiteDialog";
import { language, SITE_TYPES } from "./siteForm";
import { WorkspaceDialog } from "./WorkspaceDialog";

type Open =
  | { kind: "site"; site?: Site; workspace?: string }
  | { kind: "workspace"; workspace?: Workspace }
  | undefined;

export function Sites() {
  const may = useMay("admin");
  const me = useMe().data;
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [chosen, open] = useState<Open>();
  const sites = useList<Site>("sites", "settings", (cursor) =>
    call(api.GET("/api/auth/sites", { params: { query: { limit: 200, cursor } } })),
  );
  const workspaces = useWorkspaces();

  // `?new=1` is how other pages open the form; it works again after the form was closed.
  const asked: Open = may && search.get("new") ? { kind: "site" } : undefined;
  const dialog = chosen ?? asked;
  const close = () => {
    open(undefined);
    if (search.get("new")) setSearch({}, { replace: true });
  };
  const made = (site: Site) => {
    if (me) useUi.getState().chooseSite(me.tenant.id, site.id);
    told(`${site.name} is added, and in hand now.`, {
      label: "Open",
      run: () => void navigate(`/settings/sites/${site.id}`),
    });
  };

  const loading = sites.loading || workspaces.loading;
  const groups = grouped(sites.rows, workspaces.rows);
  const error = workspaces.error && workspaces.rows.length === 0 ? workspaces.error : undefined;
  const addSite = (workspace?: string) => (
    <Button look="primary" icon={Plus} onPress={() => open({ kind: "site", workspace })}>
      Add site
    </Button>
  );
  return (
    <Page
      title="Sites"
      intro="Every site has its own keywords, articles and pages. Workspaces group sites, for example one per client."
      actions={
        may && (
          <>
            <Button icon={FolderPlus} onPress={() => open({ kind: "workspace" })}>
              Add workspace
            </Button>
            {addSite()}
          </>
        )
      }
    >
      {error ? (
        <ErrorState error={error} again={workspaces.again} />
      ) : (
        groups.map(({ workspace, sites: inside }) => (
          <Section
            key={workspace?.id ?? ""}
            flush
            title={workspace?.name ?? (workspaces.rows.length > 0 ? "Without a workspace" : "All sites")}
            actions={may && workspace && <WorkspaceActions workspace={workspace} open={open} />}
          >
            <RowList
              label={workspace?.name ?? "Sites"}
              items={inside}
              state={{ ...sites, loading, hasMore: workspace ? false : sites.hasMore }}
              empty={
                workspace ? (
                  <p className="border-t border-line px-5 py-4 text-ink-soft">No sites in this workspace yet.</p>
                ) : (
                  <EmptyState icon={Globe} title="No sites yet" action={may && addSite()}>
                    A site is where articles are planned for and published.
                    {!may && " An admin can add one."}
                  </EmptyState>
                )
              }
              row={(site) => (
                <SiteRow
                  key={site.id}
                  site={site}
                  entries={[
                    {
                      id: "open",
                      label: "Open",
                      icon: SquareArrowOutUpRight,
                      run: () => void navigate(`/settings/sites/${site.id}`),
                    },
                    ...(may
                      ? [
                          { id: "edit", label: "Edit", icon: Pencil, run: () => open({ kind: "site", site }) },
                          {
                            id: "delete",
                            label: "Delete",
                            icon: Trash2,
                            danger: true,
                            run: () => void deleteSite(site),
                          },
                        ]
                      : []),
                  ]}
                />
              )}
            />
          </Section>
        ))
      )}
      <SiteDialog
        key={dialog?.kind === "site" ? `${dialog.site?.id}/${dialog.workspace}` : "closed"}
        isOpen={dialog?.kind === "site"}
        site={dialog?.kind === "site" ? dialog.site : undefined}
        workspace={dialog?.kind === "site" ? dialog.workspace : undefined}
        workspaces={workspaces.rows}
        onClose={close}
        made={made}
      />
      <WorkspaceDialog
        key={dialog?.kind === "workspace" ? (dialog.workspace?.id ?? "new") : "none"}
        isOpen={dialog?.kind === "workspace"}
        workspace={dialog?.kind === "workspace" ? dialog.workspace : undefined}
        onClose={close}
      />
    </Page>
  );
}

type Group = { workspace?: Workspace; sites: Site[] };

/** Workspaces by name, and last what is in none; that is shown when it holds something, or when nothing else is there. */
function grouped(sites: Site[], workspaces: Workspace[]): Group[] {
  const byName = [...workspaces].sort((a, b) => a.name.localeCompare(b.name));
  const groups: Group[] = byName.map((workspace) => ({
    workspace,
    sites: sites.filter((site) => site.workspace_id === workspace.id),
  }));
  const known = new Set(workspaces.map((workspace) => workspace.id));
  const others = sites.filter((site) => !site.workspace_id || !known.has(site.workspace_id));
  if (others.length > 0 || groups.length === 0) groups.push({ sites: others });
  return groups;
}

function SiteRow({ site, entries }: { site: Site; entries: MenuEntry[] }) {
  const kind = SITE_TYPES.find((type) => type.id === site.site_type)?.name ?? words(site.site_type);
  return (
    <Row
      title={site.name}
      to={`/settings/sites/${site.id}`}
      note={[site.domain ?? site.host, site.industry, language(site.locale)].filter(Boolean).join(" · ")}
      badges={<Badge>{kind}</Badge>}
      actions={<RowActions label={`Actions for ${site.name}`} entries={entries} />}
    />
  );
}

function WorkspaceActions({ workspace, open }: { workspace: Workspace; open: (what: Open) => void }) {
  const remove = async () => {
    const yes = await confirm({
      title: `Delete the workspace ${workspace.name}?`,
      body: "It holds no sites. Members who are limited to it alone see nothing then, until you change their limits.",
      action: "Delete the workspace",
      danger: true,
    });
    if (!yes) return;
    const deed = () => call(api.DELETE("/api/auth/workspaces/{id}", { params: { path: { id: workspace.id } } }));
    await act(deed, `The workspace ${workspace.name} is deleted.`, "workspaces");
  };
  return (
    // In one line with the actions of its rows.
    <span className="-mr-3 -mb-2">
      <RowActions
        label={`Actions for the workspace ${workspace.name}`}
        entries={[
          {
            id: "add",
            label: "Add site here",
            icon: Plus,
            run: () => open({ kind: "site", workspace: workspace.id }),
          },
          { id: "rename", label: "Rename", icon: Pencil, run: () => open({ kind: "workspace", workspace }) },
          {
            id: "delete",
            label: workspace.sites > 0 ? "Delete (move its sites first)" : "Delete",
            icon: Trash2,
            danger: true,
            disabled: workspace.sites > 0,
            run: () => void remove(),
          },
        ]}
      />
    </span>
  );
}
