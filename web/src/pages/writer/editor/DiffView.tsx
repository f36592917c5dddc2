/** The difference of two states of a content: its fields and its blocks, with the words that came and went. */
import { useMemo, useState } from "react";
import type { Block, StructureData } from "@/api/types";
import { cx } from "@/lib/cx";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { type BlockChange, diffBlocks, diffText, type Piece } from "./diff";
import { plainBlock } from "./document";
import { linesOfData } from "./structure";

export type Text = {
  title: string;
  excerpt: string;
  meta_title: string;
  meta_description: string;
  blocks: Block[];
  /** What its kind has beside the body; older revisions have none. */
  structure_data?: StructureData | null;
};

const FIELD_NAMES = {
  title: "Title",
  excerpt: "Excerpt",
  meta_title: "Title in search results",
  meta_description: "Description in search results",
} as const;

const KINDS: Record<string, string> = { faq: "Questions", html: "HTML" };
export const kindName = (type: string) => KINDS[type] ?? type.charAt(0).toUpperCase() + type.slice(1);

export function DiffView({ before, after }: { before: Text; after: Text }) {
  const changes = useMemo(() => diffBlocks(before.blocks, after.blocks), [before, after]);
  const fields = (Object.keys(FIELD_NAMES) as (keyof typeof FIELD_NAMES)[]).filter(
    (name) => before[name] !== after[name],
  );
  const [dataBefore, dataAfter] = [linesOfData(before.structure_data), linesOfData(after.structure_data)];
  const dataChanged = dataBefore !== dataAfter;
  const changed = changes.filter((change) => change.kind !== "same").length;
  if (changed + fields.length === 0 && !dataChanged)
    return <p className="py-6 text-center text-ink-soft">Both are the same.</p>;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-[13px] text-ink-soft">
        {[
          fields.length > 0 && count(fields.length, "field"),
          changed > 0 && count(changed, "block"),
          dataChanged && "details",
        ]
          .filter(Boolean)
          .join(" and ")}{" "}
        changed. <ins className="rounded bg-good-soft px-1 text-good no-underline">Added</ins>{" "}
        <del className="rounded bg-bad-soft px-1 text-bad">removed</del>
      </p>
      {fields.map((name) => (
        <Row key={name} label={FIELD_NAMES[name]} mark="changed">
          <Pieces pieces={diffText(before[name], after[name])} />
        </Row>
      ))}
      {dataChanged && (
        <Row label="Details" mark="changed">
          <Pieces pieces={diffText(dataBefore, dataAfter)} />
        </Row>
      )}
      {grouped(changes).map((group) =>
        Array.isArray(group) ? (
          <Same key={group[0]?.at} blocks={group.map((one) => one.change.block)} />
        ) : (
          <Changed key={group.at} change={group.change} />
        ),
      )}
    </div>
  );
}

type Placed = { at: number; change: BlockChange };

/** Neighbours that did not change stand together. */
function grouped(changes: BlockChange[]): (Placed | Placed[])[] {
  const groups: (Placed | Placed[])[] = [];
  changes.forEach((change, at) => {
    const last = groups.at(-1);
    if (change.kind !== "same") groups.push({ at, change });
    else if (Array.isArray(last)) last.push({ at, change });
    else groups.push([{ at, change }]);
  });
  return groups;
}

function Same({ blocks }: { blocks: Block[] }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <Button size="sm" look="quiet" onPress={() => setOpen(true)}>
        Show {count(blocks.length, "unchanged block")}
      </Button>
    );
  }
  return blocks.map((block, index) => (
    <Row key={index} label={kindName(block.type)}>
      {plainBlock(block)}
    </Row>
  ));
}

function Changed({ change }: { change: BlockChange }) {
  const label = kindName(change.block.type);
  if (change.kind === "changed") {
    const formOnly = change.pieces.every((piece) => piece.kind === "same");
    return (
      <Row
        label={label}
        note={formOnly ? "only its form changed, as bold, a link or a level" : undefined}
        mark="changed"
      >
        <Pieces pieces={change.pieces} />
      </Row>
    );
  }
  const kind = change.kind === "added" ? "added" : "removed";
  return (
    <Row label={label} note={kind} mark={kind}>
      <Pieces pieces={[{ kind, text: plainBlock(change.block) }]} />
    </Row>
  );
}

const MARKS = { added: "border-good", removed: "border-bad", changed: "border-warn" };

function Row({
  label,
  note,
  mark,
  children,
}: {
  label: string;
  note?: string;
  mark?: keyof typeof MARKS;
  children: React.ReactNode;
}) {
  return (
    <div className={cx("border-l-4 py-1 pl-3", mark ? MARKS[mark] : "border-line")}>
      <p className="text-xs text-ink-soft">
        {label}
        {note && `, ${note}`}
      </p>
      <div className="break-words whitespace-pre-wrap">{children}</div>
    </div>
  );
}

function Pieces({ pieces }: { pieces: Piece[] }) {
  return pieces.map((piece, index) => {
    if (piece.kind === "added") {
      return (
        <ins key={index} className="rounded bg-good-soft text-good no-underline">
          {piece.text}
        </ins>
      );
    }
    if (piece.kind === "removed") {
      return (
        <del key={index} className="rounded bg-bad-soft text-bad">
          {piece.text}
        </del>
      );
    }
    return <span key={index}>{piece.text}</span>;
  });
}
