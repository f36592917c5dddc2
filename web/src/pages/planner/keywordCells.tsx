/** The cells of the keyword table, some of which can be changed in their place. */
import { useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { Intent, Keyword } from "@/api/types";
import { cx } from "@/lib/cx";
import { number, words } from "@/lib/format";
import { Badge, type Tone } from "@/ui/Badge";
import { Menu } from "@/ui/Menu";
import { editKeyword } from "./keywordEdit";
import { INTENTS } from "./keywordList";

const PLACE = "inline-flex h-8 cursor-pointer items-center rounded-md px-2 hover:bg-sunk";

/** A number that becomes a field when it is pressed. Enter keeps, Escape takes back. */
export function NumberCell({
  row,
  field,
  most,
  label,
  show,
  mayEdit,
}: {
  row: Keyword;
  field: "volume" | "difficulty";
  most: number;
  label: string;
  show: (value: number | null | undefined) => React.ReactNode;
  mayEdit: boolean;
}) {
  const value = row[field];
  const [text, setText] = useState<string>();
  // How the field was left: by a key, so that the focus goes back to the button, and whether to forget what was typed.
  const left = useRef({ byKey: false, forget: false });
  if (!mayEdit) return show(value);
  if (text === undefined) {
    return (
      <button
        type="button"
        className={`relative -mr-2 ${PLACE}`}
        // biome-ignore lint/a11y/noAutofocus: who left the field by the keyboard goes on from here
        autoFocus={left.current.byKey}
        onBlur={() => {
          left.current.byKey = false;
        }}
        onClick={() => setText(value == null ? "" : String(value))}
      >
        {show(value)}
        <span className="sr-only">
          {label} of {row.keyword}. Change it.
        </span>
      </button>
    );
  }
  const keep = () => {
    setText(undefined);
    const { forget } = left.current;
    left.current.forget = false;
    if (text === "" || forget) return;
    const next = Math.min(Number(text), most);
    if (next !== value) void editKeyword(row, { [field]: next });
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
      autoFocus
      aria-label={`${label} of ${row.keyword}`}
      inputMode="numeric"
      className="-mr-2 h-8 w-20 rounded-md border border-brand bg-card px-2 text-right tabular-nums"
      value={text}
      onChange={(event) => setText(event.target.value.replace(/\D/g, "").slice(0, 12))}
      onFocus={(event) => event.target.select()}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        // Else the same press would open the field again, by the button that gets the focus.
        event.preventDefault();
        left.current = { byKey: true, forget: event.key === "Escape" };
        event.currentTarget.blur();
      }}
    />
  );
}

const LEVELS: { tone: Tone; word: string }[] = [
  { tone: "good", word: "Very easy" },
  { tone: "good", word: "Easy" },
  { tone: "warn", word: "Medium" },
  { tone: "warn", word: "Hard" },
  { tone: "bad", word: "Very hard" },
];

/** Difficulty from 0 to 100, with its level from 1 to 5. */
export function Difficulty({ value }: { value: number | null | undefined }) {
  if (value == null) return <Unknown />;
  const level = Math.min(Math.floor(value / 20), 4);
  const { tone, word } = LEVELS[level] ?? { tone: "plain", word: "" };
  return (
    <span title={`${word}: ${level + 1} of 5`} className="inline-flex items-center gap-2">
      {value}
      <Badge tone={tone}>{level + 1}</Badge>
    </span>
  );
}

export function Unknown() {
  return (
    <span className="text-ink-soft">
      <span aria-hidden>–</span>
      <span className="sr-only">unknown</span>
    </span>
  );
}

export const volumeText = (value: number | null | undefined) => (value == null ? <Unknown /> : number(value));

const INTENT_TONES: Record<Intent, Tone> = {
  informational: "plain",
  navigational: "brand",
  commercial: "warn",
  transactional: "good",
};

/** The menu is made when it is asked for: a table has hundreds of these. */
export function IntentCell({ row, mayEdit }: { row: Keyword; mayEdit: boolean }) {
  const [isOpen, setOpen] = useState<boolean>();
  const shown = row.intent ? <Badge tone={INTENT_TONES[row.intent]}>{words(row.intent)}</Badge> : <Unknown />;
  if (!mayEdit) return shown;
  const label = `Intent of ${row.keyword}. Change it.`;
  const className = cx(PLACE, "relative -ml-2");
  if (isOpen === undefined) {
    return (
      <button type="button" className={className} onClick={() => setOpen(true)}>
        {shown}
        <span className="sr-only">{label}</span>
      </button>
    );
  }
  return (
    <Menu
      label={`Intent of ${row.keyword}`}
      isOpen={isOpen}
      onOpenChange={setOpen}
      entries={INTENTS.map((intent) => ({
        id: intent,
        label: words(intent),
        run: () => intent !== row.intent && void editKeyword(row, { intent }),
      }))}
    >
      <AriaButton className={className}>
        {shown}
        <span className="sr-only">{label}</span>
      </AriaButton>
    </Menu>
  );
}
