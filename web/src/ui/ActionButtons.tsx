import { type LucideIcon, MoreHorizontal, X } from "lucide-react";
import { useEffect } from "react";
import { create } from "zustand";
import { cx } from "@/lib/cx";
import { count } from "@/lib/format";
import { Button, ICON_BUTTON, IconButton } from "./Button";
import type { Column } from "./DataTable";
import { MenuButton, type MenuEntry } from "./Menu";

export type Action = { label: string; icon: LucideIcon; run: () => void; danger?: boolean; disabled?: boolean };

/** What can be done just now with the chosen rows; the command palette offers it too. */
export const useChosen = create<{ what: string; actions: Action[] }>(() => ({ what: "", actions: [] }));

/** What can be done with the chosen rows. It takes the place of nothing: its room is there before. */
export function ActionButtons({
  chosen,
  noun,
  actions,
  clear,
}: {
  chosen: number;
  noun: string;
  actions: Action[];
  clear: () => void;
}) {
  useEffect(() => {
    useChosen.setState(chosen > 0 ? { what: count(chosen, noun), actions } : { what: "", actions: [] });
  });
  useEffect(() => () => useChosen.setState({ what: "", actions: [] }), []);
  if (chosen === 0) return null;
  const isMany = actions.length > 2;
  return (
    <div
      role="toolbar"
      data-over-the-foot
      aria-label={`${count(chosen, noun)} chosen`}
      className="pop card fixed inset-x-4 bottom-4 z-30 mx-auto flex max-w-fit flex-wrap items-center gap-2 px-3 py-2 shadow-xl"
    >
      {/* Where a phone needs several lines, what closes it stands in the first. */}
      <span className={cx("px-1 font-medium", isMany && "max-sm:order-first max-sm:basis-[calc(100%-3.5rem)]")}>
        {count(chosen, noun)} chosen
      </span>
      {actions.map((action) => (
        <Button
          key={action.label}
          size="sm"
          icon={action.icon}
          look={action.danger ? "danger" : "plain"}
          isDisabled={action.disabled}
          onPress={action.run}
        >
          {action.label}
        </Button>
      ))}
      <IconButton label="Choose none" icon={X} onPress={clear} className={isMany ? "max-sm:order-first" : undefined} />
    </div>
  );
}

/** The actions of one row behind three dots. A table gives a function: what can be done is asked when it is wanted. */
export function RowActions({ label, entries }: { label: string; entries: MenuEntry[] | (() => MenuEntry[]) }) {
  return (
    <MenuButton
      label={label}
      name={label}
      title={label}
      entries={() => (typeof entries === "function" ? entries() : entries)}
      className={ICON_BUTTON}
    >
      <MoreHorizontal className="size-[18px]" aria-hidden />
    </MenuButton>
  );
}

/** The last column of a table: the actions of each row. `hasAny` tells where there are none, and nothing to press. */
export function actionsColumn<Row>(
  nameOf: (row: Row) => string,
  entriesOf: (row: Row) => MenuEntry[],
  hasAny: (row: Row) => boolean = () => true,
): Column<Row> {
  return {
    id: "actions",
    header: "",
    width: 4,
    className: "py-0!",
    cell: (row) => hasAny(row) && <RowActions label={`Actions for ${nameOf(row)}`} entries={() => entriesOf(row)} />,
  };
}
