import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Label, Tag, TagGroup, TagList } from "react-aria-components";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";

/** Adds what is typed, parted by commas, without what is there already. */
export function withTyped(names: string[], typed: string, existing: string[]): string[] {
  const all = [...names];
  for (const one of typed.split(",")) {
    const name = one.trim();
    const isKnown = [...existing, ...all].some((other) => other.toLowerCase() === name.toLowerCase());
    if (name && !isKnown) all.push(name);
  }
  return all;
}

/** The names of sectors that are to be made. Those that exist are shown beside them. */
export function SectorsInput({
  names,
  setNames,
  typed,
  setTyped,
  existing,
}: {
  names: string[];
  setNames: (names: string[]) => void;
  typed: string;
  setTyped: (typed: string) => void;
  existing: string[];
}) {
  const [announced, announce] = useState("");
  const add = () => {
    const next = withTyped(names, typed, existing);
    if (next.length > names.length) announce(`${next.slice(names.length).join(", ")} added`);
    setNames(next);
    setTyped("");
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <TextField
          label="Sectors (optional)"
          placeholder="Brakes, clutches"
          hint="Topic areas of the site, to keep keywords and articles apart. A small site needs none."
          maxLength={100}
          className="flex-1"
          value={typed}
          onChange={setTyped}
          onKeyDown={(event) => {
            // Enter adds a sector; an empty field sends the form.
            if (event.key === "Enter" && typed.trim()) {
              event.preventDefault();
              add();
            }
          }}
        />
        <Button icon={Plus} className="mt-[1.41rem]" isDisabled={!typed.trim()} onPress={add}>
          Add
        </Button>
      </div>
      {existing.length > 0 && (
        <p className="text-[13px] text-ink-soft">
          There already: <span className="text-ink">{existing.join(", ")}</span>
        </p>
      )}
      {names.length > 0 && (
        <TagGroup onRemove={(keys) => setNames(names.filter((name) => !keys.has(name)))}>
          <Label className="sr-only">Sectors to be added</Label>
          <TagList items={names.map((name) => ({ id: name }))} className="flex flex-wrap gap-1.5">
            {({ id }) => (
              <Tag
                id={id}
                textValue={id}
                className="flex items-center gap-1 rounded-full bg-brand-soft py-0.5 pr-1 pl-3 text-brand-strong"
              >
                {id}
                <AriaButton
                  slot="remove"
                  aria-label={`Remove ${id}`}
                  className="cursor-pointer rounded-full p-1 hover:bg-card"
                >
                  <X className="size-3.5" aria-hidden />
                </AriaButton>
              </Tag>
            )}
          </TagList>
        </TagGroup>
      )}
      <span className="sr-only" aria-live="polite">
        {announced}
      </span>
    </div>
  );
}
