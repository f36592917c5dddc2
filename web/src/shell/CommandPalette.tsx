/** Ctrl-K: what can be done with the chosen rows, and every page and site by name. */
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
import { useMe } from "@/api/query";
import { useSites } from "@/api/resources";
import { isOn, mayOf } from "@/lib/rights";
import { useUi } from "@/lib/store";
import { useChosen } from "@/ui/ActionButtons";
import { navFor } from "./nav";

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
  return (
    <Autocomplete inputValue={text} onInputChange={setText} filter={contains}>
      <SearchField aria-label="Search pages, sites and commands" autoFocus className="border-b border-line">
        <Input
          placeholder="Search pages, sites and actions"
          className="w-full bg-transparent px-5 py-4 text-base outline-none placeholder:text-ink-soft"
        />
      </SearchField>
      <Menu
        aria-label="Commands"
        items={commands}
        className="max-h-80 overflow-auto p-2 outline-none"
        renderEmptyState={() => <p className="px-3 py-4 text-ink-soft">Nothing found. Try another word.</p>}
        onAction={(key) => {
          close();
          commands.find((command) => command.id === key)?.run();
        }}
      >
        {(command) => (
          <MenuItem
            id={command.id}
            textValue={command.text}
            className="group flex cursor-pointer items-center gap-3 rounded-lg px-3 py-2 outline-none data-[focused]:bg-sunk"
          >
            <span className="w-20 shrink-0 truncate text-xs text-ink-soft">{command.group}</span>
            <span className="flex-1">{command.text}</span>
            <CornerDownLeft className="size-4 text-ink-soft opacity-0 group-data-[focused]:opacity-100" aria-hidden />
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}
