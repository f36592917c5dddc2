import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import type { OutlineSection } from "@/api/types";
import { Button, IconButton } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { linesOf } from "./lines";

/** A section while it is edited: its points are lines of one text. */
export type Section = { key: number; heading: string; points: string };

const MOST = 40;
let next = 1;

export function sectionsOf(outline: OutlineSection[]): Section[] {
  return outline.map(({ heading, points }) => ({ key: next++, heading, points: (points ?? []).join("\n") }));
}

/** What is sent; a section without anything is left out. */
export function toOutline(sections: Section[]): OutlineSection[] {
  return sections
    .map(({ heading, points }) => ({ heading: heading.trim(), points: linesOf(points) }))
    .filter(({ heading, points }) => heading || points.length > 0);
}

/** The sections of a page, in order, each with its points. */
export function OutlineFields({
  sections,
  onChange,
  error,
  none,
}: {
  sections: Section[];
  onChange: (sections: Section[]) => void;
  error?: string;
  /** Said in place of sections when there are none. */
  none?: string;
}) {
  const change = (key: number, part: Partial<Section>) =>
    onChange(sections.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const move = (at: number, by: number) => {
    const rest = [...sections];
    const [one] = rest.splice(at, 1);
    if (one) onChange([...rest.slice(0, at + by), one, ...rest.slice(at + by)]);
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-[13px] font-medium">Outline</legend>
      {none && sections.length === 0 && <p className="text-ink-soft">{none}</p>}
      {sections.map((section, at) => (
        <div key={section.key} className="flex items-start gap-1 rounded-lg border border-line p-3">
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <TextField
              label={`Heading of section ${at + 1}`}
              hideLabel
              placeholder="Heading"
              maxLength={200}
              value={section.heading}
              onChange={(heading) => change(section.key, { heading })}
            />
            <TextField
              label={`Points of section ${at + 1}, one per line`}
              hideLabel
              placeholder="What it says, one point per line"
              rows={Math.min(5, Math.max(2, section.points.split("\n").length))}
              value={section.points}
              onChange={(points) => change(section.key, { points })}
            />
          </div>
          <div className="flex flex-col">
            <IconButton
              label={`Move section ${at + 1} up`}
              icon={ArrowUp}
              isDisabled={at === 0}
              onPress={() => move(at, -1)}
            />
            <IconButton
              label={`Move section ${at + 1} down`}
              icon={ArrowDown}
              isDisabled={at === sections.length - 1}
              onPress={() => move(at, 1)}
            />
            <IconButton
              label={`Remove section ${at + 1}`}
              icon={Trash2}
              onPress={() => onChange(sections.filter((one) => one.key !== section.key))}
            />
          </div>
        </div>
      ))}
      {error && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
      {sections.length < MOST && (
        <Button
          size="sm"
          icon={Plus}
          className="self-start"
          onPress={() => onChange([...sections, { key: next++, heading: "", points: "" }])}
        >
          Add section
        </Button>
      )}
    </fieldset>
  );
}
