/** Filters of a list. They live in the address, so that a view can be kept, shared and gone back to. */
import { Bookmark, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { useUi } from "@/lib/store";
import { Button, IconButton } from "./Button";
import { type Option, SearchField, Select, TextField } from "./Field";
import { FormModal } from "./FormModal";

/** The filters in the address; `set` with an empty value takes one away. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const values = Object.fromEntries(
    names.flatMap((name) => {
      const value = search.get(name);
      return value ? [[name, value]] : [];
    }),
  ) as Partial<Record<Name, string>>;
  const set = (changes: Partial<Record<Name, string>>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value) next.set(name, String(value));
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  return { values, set, any: Object.keys(values).length > 0, clear: () => setSearch({}, { replace: true }) };
}

export type Filter =
  | { name: string; label: string; kind: "search" }
  | { name: string; label: string; kind: "choice"; options: Option[] }
  | { name: string; label: string; kind: "number" };

/** `table` names the saved views. */
export function FilterPanel({
  table,
  filters,
  values,
  set,
  children,
}: {
  table: string;
  filters: Filter[];
  values: Partial<Record<string, string>>;
  set: (changes: Record<string, string>) => void;
  /** What stands after the filters, as a button for more of them. */
  children?: React.ReactNode;
}) {
  const any = filters.some((filter) => values[filter.name]);
  return (
    <search aria-label="Filters" className="flex flex-wrap items-end gap-2">
      {filters.map((filter) =>
        filter.kind === "choice" ? (
          <Select
            key={filter.name}
            label={filter.label}
            hideLabel
            className="w-40 max-sm:w-[calc(50%-0.25rem)]"
            none={filter.label}
            options={filter.options}
            value={values[filter.name] ?? ""}
            onChange={(value) => set({ [filter.name]: value })}
          />
        ) : (
          <Typed
            key={filter.name}
            filter={filter}
            value={values[filter.name] ?? ""}
            onChange={(value) => set({ [filter.name]: value })}
          />
        ),
      )}
      {children}
      {any && (
        <Button
          look="quiet"
          icon={X}
          onPress={() => set(Object.fromEntries(filters.map((filter) => [filter.name, ""])))}
        >
          Clear
        </Button>
      )}
      <Views table={table} savable={any} />
    </search>
  );
}

/** Waits until the person has stopped typing. */
function Typed({ filter, value, onChange }: { filter: Filter; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), 300);
    return () => clearTimeout(timer);
  });
  if (filter.kind === "search") {
    return <SearchField label={filter.label} value={text} onChange={setText} className="w-56 max-sm:w-full" />;
  }
  return (
    <TextField
      label={filter.label}
      hideLabel
      placeholder={filter.label}
      inputMode="numeric"
      pattern="[0-9]*"
      className="w-28 max-sm:w-[calc(50%-0.25rem)]"
      value={text}
      onChange={(next) => setText(next.replace(/\D/g, ""))}
    />
  );
}

/** Views that were kept under a name, in this browser. */
function Views({ table, savable }: { table: string; savable: boolean }) {
  const [search, setSearch] = useSearchParams();
  const views = useUi((ui) => ui.views[table]);
  const { saveView, dropView } = useUi.getState();
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  return (
    <>
      {Object.entries(views ?? {}).map(([view, kept]) => (
        <span key={view} className="inline-flex h-9 items-center rounded-lg bg-sunk pl-3">
          <button type="button" className="cursor-pointer" onClick={() => setSearch(kept)}>
            {view}
          </button>
          <IconButton label={`Forget the view ${view}`} icon={X} onPress={() => dropView(table, view)} />
        </span>
      ))}
      {savable && (
        <Button look="quiet" icon={Bookmark} onPress={() => setNaming(true)}>
          Save view
        </Button>
      )}
      <FormModal
        title="Save this view"
        action="Save"
        width="sm"
        isOpen={naming}
        onClose={() => setNaming(false)}
        values={name}
        submit={async () => {
          if (name.trim()) saveView(table, name.trim(), search.toString());
          setName("");
        }}
      >
        {() => (
          <TextField label="Name" value={name} onChange={setName} isRequired autoFocus hint="Kept in this browser." />
        )}
      </FormModal>
    </>
  );
}
