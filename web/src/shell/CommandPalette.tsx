/** Ctrl-K: what can be done with the chosen rows, every page and site by name, and what is in the site in hand. */
import { CornerDownLeft } from "lucide-react";
import { useEffect, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from "react-aria-components";
import { useNavigate } from "react-router";
import { sentence } from "@/api/problem";
import { useMe } from "@/api/query";
import { useSite, useSites } from "@/api/resources";
import { isOn, mayOf } from "@/lib/rights";
import { useUi } from "@/lib/store";
import { useChosen } from "@/ui/ActionButtons";
import { navFor } from "./nav";
import { NEWEST, type Search, useFound } from "./useFound";

type Command = { id: string; text: string; group: string; run: () => void };

export function CommandPalette() {
  const open = useUi((ui) => ui.paletteOpen);
  const { show } = useUi.getState();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        show({ paletteOpen: !useUi.getState().paletteOpen });
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [show]);
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(on) => show({ paletteOpen: on })}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-black/50 p-4 pt-[12vh]"
    >
      <Modal className="pop card w-full max-w-lg shadow-xl">
        <Dialog aria-label="Search and commands" className="outline-none">
          <Commands close={() => show({ paletteOpen: false })} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Commands({ close }: { close: () => void }) {
  const chosen = useChosen();
  const navigate = useNavigate();
  const me = useMe().data;
  const sites = useSites().data ?? [];
  const [text, setText] = useState("");
  const { contains } = useFilter({ sensitivity: "base" });
  const { site } = useSite();
  const search = useFound(site?.id, text, contains);
  const pages = navFor(
    (role) => mayOf(me, role),
    (flag) => isOn(me, flag),
  ).flatMap((group) => group.entries.map((entry) => ({ ...entry, group: group.label ?? "Page" })));
  const commands: Command[] = [
    // First what can be done with the rows that are chosen: from deep in a table, their bar is far to reach by Tab.
    ...chosen.actions
      .filter((action) => !action.disabled)
      .map((action) => ({ id: `chosen-${action.label}`, text: action.label, group: chosen.what, run: action.run })),
    ...pages.map(({ to, label, group }) => ({ id: to, text: label, group, run: () => void navigate(to) })),
    ...(mayOf(me, "editor")
      ? [
          {
            id: "import",
            text: "Import keywords",
            group: "Action",
            run: () => void navigate("/planner/keywords?import=1"),
          },
        ]
      : []),
    ...sites.map((site) => ({
      id: site.id,
      text: `Switch to ${site.name}`,
      group: "Site",
      run: () => me && useUi.getState().chooseSite(me.tenant.id, site.id),
    })),
  ];
  const shown: Command[] = [
    ...commands.filter((command) => contains(command.text, text.trim())),
    ...search.found.map(({ to, ...rest }) => ({ ...rest, run: () => void navigate(to) })),
  ];
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Search pages, sites, commands and content" autoFocus className="border-b border-line">
        <Input
          placeholder={site ? `Search pages, actions and ${site.name}` : "Search pages, sites and actions"}
          className="w-full bg-transparent px-5 py-4 text-base outline-none placeholder:text-ink-soft [&::-webkit-search-cancel-button]:hidden"
        />
      </SearchField>
      <Menu
        aria-label="Commands"
        items={shown}
        className="max-h-80 overflow-auto p-2 outline-none"
        renderEmptyState={() => (
          <p className="px-3 py-4 text-ink-soft">
            {search.state === "searching" ? "Searching…" : `Nothing found for “${text.trim()}”. Try another word.`}
          </p>
        )}
        onAction={(key) => {
          close();
          shown.find((command) => command.id === key)?.run();
        }}
      >
        {(command) => (
          <MenuItem
            id={command.id}
            textValue={command.text}
            className="group flex cursor-pointer items-center gap-3 rounded-lg px-3 py-2 outline-none data-[focused]:bg-sunk"
          >
            <span className="w-20 shrink-0 truncate text-xs text-ink-soft">{command.group}</span>
            <span className="min-w-0 flex-1 truncate">{command.text}</span>
            <CornerDownLeft className="size-4 text-ink-soft opacity-0 group-data-[focused]:opacity-100" aria-hidden />
          </MenuItem>
        )}
      </Menu>
      {site && <Scope site={site.name} search={search} />}
    </Autocomplete>
  );
}

/** What is searched, and how far it is. */
function Scope({ site, search: { state, error } }: { site: string; search: Search }) {
  return (
    <p role="status" className="border-t border-line px-5 py-2 text-xs text-ink-soft">
      {state === "failed" ? (
        <span className="text-bad">
          Not all of {site} could be searched. {sentence(error)}
        </span>
      ) : state === "searching" ? (
        `Searching ${site}…`
      ) : (
        `In ${site}: keywords that begin so, and names in its newest ${NEWEST} articles, clusters and ideas.`
      )}
    </p>
  );
}
