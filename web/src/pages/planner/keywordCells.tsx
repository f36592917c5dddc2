/** The cells of the keyword table, some of which can be changed in their place. */
import { useRef, useState } from "react";
import type { Intent, Keyword } from "@/api/types";
import { number, words } from "@/lib/format";
import { Badge, type Tone } from "@/ui/Badge";
import { MenuButton } from "@/ui/Menu";
import { editKeyword } from "./keywordEdit";
import { INTENTS } from "./keywordList";

const PLACE = "inline-flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-sunk";

/** How a number is shown: its looks, the same as text, and what is told of it to who points at it. */
type Shown = { look: React.ReactNode; text: string; title?: string };

const shownOf = (value: number | null | undefined, show: (value: number) => Shown): Shown =>
  value == null ? { look: <Unknown />, text: "unknown" } : show(value);

/** A number that is only read. */
export function NumberText({ value, show }: { value: number | null | undefined; show: (value: number) => Shown }) {
  const { look, title } = shownOf(value, show);
  return (
    <span title={title} className="inline-flex items-center gap-2">
      {look}
    </span>
  );
}

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
  show: (value: number) => Shown;
  mayEdit: boolean;
}) {
  const value = row[field];
  const [text, setText] = useState<string>();
  // How the field was left: by a key, so that the focus goes back to the button, and whether to forget what was typed.
  const left = useRef({ byKey: false, forget: false });
  if (!mayEdit) return <NumberText value={value} show={show} />;
  if (text === undefined) {
    const shown = shownOf(value, show);
    return (
      <button
        type="button"
        // One element alone: the words for who does not see where it stands are no element of their own.
        aria-label={`${shown.text} ${label} of ${row.keyword}. Change it.`}
        title={shown.title}
        className={`-mr-2 ${PLACE}`}
        // biome-ignore lint/a11y/noAutofocus: who left the field by the keyboard goes on from here
        autoFocus={left.current.byKey}
        onBlur={() => {
          left.current.byKey = false;
        }}
        onClick={() => setText(value == null ? "" : String(value))}
      >
        {shown.look}
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
export function difficulty(value: number): Shown {
  const level = Math.min(Math.floor(value / 20), 4);
  const { tone, word } = LEVELS[level] ?? { tone: "plain", word: "" };
  return {
    look: (
      <>
        {/* The space stands between the two for who hears them. */}
        {value} <Badge tone={tone}>{level + 1}</Badge>
      </>
    ),
    text: `${value} ${level + 1}`,
    title: `${word}: ${level + 1} of 5`,
  };
}

export function Unknown() {
  return (
    <span className="text-ink-soft">
      <span aria-hidden>–</span>
      <span className="sr-only">unknown</span>
    </span>
  );
}

export const volume = (value: number): Shown => ({ look: number(value), text: number(value) });

const INTENT_TONES: Record<Intent, Tone> = {
  informational: "plain",
  navigational: "brand",
  commercial: "warn",
  transactional: "good",
};

export function IntentCell({ row, mayEdit }: { row: Keyword; mayEdit: boolean }) {
  const shown = row.intent ? <Badge tone={INTENT_TONES[row.intent]}>{words(row.intent)}</Badge> : <Unknown />;
  if (!mayEdit) return shown;
  return (
    <MenuButton
      label={`Intent of ${row.keyword}`}
      name={`${row.intent ? words(row.intent) : "unknown"} Intent of ${row.keyword}. Change it.`}
      className={`-ml-2 ${PLACE}`}
      entries={() =>
        INTENTS.map((intent) => ({
          id: intent,
          label: words(intent),
          run: () => intent !== row.intent && void editKeyword(row, { intent }),
        }))
      }
    >
      {shown}
    </MenuButton>
  );
}
