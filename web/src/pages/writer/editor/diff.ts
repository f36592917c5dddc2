/** What changed between two bodies: block by block, and within a changed block word by word. */
import type { Block } from "@/api/types";
import { plainBlock, stable } from "./document";

export type Piece = { kind: "same" | "added" | "removed"; text: string };

export type BlockChange =
  | { kind: "same" | "added" | "removed"; block: Block }
  /** `pieces` are those of its words; all are the same when only the form changed (bold, a link, the level). */
  | { kind: "changed"; block: Block; pieces: Piece[] };

type Step<T> = { kind: "same" | "added" | "removed"; value: T };

/** More pairs than this are not compared one by one. */
const MOST_PAIRS = 4_000_000;

/** The shortest way from one list to the other, by the longest common subsequence. */
export function steps<T>(before: T[], after: T[], key: (value: T) => string): Step<T>[] {
  const a = before.map(key);
  const b = after.map(key);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const rows = a.length - head - tail;
  const columns = b.length - head - tail;
  const same = (values: T[]): Step<T>[] => values.map((value) => ({ kind: "same", value }));
  const middle: Step<T>[] = [];
  const removed = (at: number) => middle.push({ kind: "removed", value: before[head + at] as T });
  const added = (at: number) => middle.push({ kind: "added", value: after[head + at] as T });
  if (rows * columns > MOST_PAIRS) {
    for (let i = 0; i < rows; i += 1) removed(i);
    for (let j = 0; j < columns; j += 1) added(j);
  } else {
    // lengths[i, j]: how much a[i..] and b[j..] have in common.
    const width = columns + 1;
    const lengths = new Uint16Array((rows + 1) * width);
    const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
    for (let i = rows - 1; i >= 0; i -= 1) {
      for (let j = columns - 1; j >= 0; j -= 1) {
        lengths[i * width + j] =
          a[head + i] === b[head + j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      }
    }
    let i = 0;
    let j = 0;
    while (i < rows || j < columns) {
      if (i < rows && j < columns && a[head + i] === b[head + j]) {
        middle.push({ kind: "same", value: after[head + j] as T });
        i += 1;
        j += 1;
      } else if (i < rows && (j >= columns || at(i + 1, j) >= at(i, j + 1))) {
        removed(i);
        i += 1;
      } else {
        added(j);
        j += 1;
      }
    }
  }
  return [...same(after.slice(0, head)), ...middle, ...same(after.slice(after.length - tail))];
}

/** The words of a text with the spaces after them; a sign of a script without spaces stands alone. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? [];
}

export function diffText(before: string, after: string): Piece[] {
  const pieces: Piece[] = [];
  for (const { kind, value } of steps(wordsOf(before), wordsOf(after), (word) => word.trimEnd())) {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += value;
    else pieces.push({ kind, text: value });
  }
  return pieces;
}

/** How much of the shorter text is in the other, 0 to 1. */
function likeness(a: string, b: string): number {
  const left = new Set(wordsOf(a).map((word) => word.trim()));
  const right = new Set(wordsOf(b).map((word) => word.trim()));
  let both = 0;
  for (const word of left) if (right.has(word)) both += 1;
  return (2 * both) / Math.max(1, left.size + right.size);
}

/** A removed and an added block that are at least so alike are one block that was changed. */
const ALIKE = 0.3;

export function diffBlocks(before: Block[], after: Block[]): BlockChange[] {
  const changes: BlockChange[] = [];
  let removed: Block[] = [];
  let added: Block[] = [];
  const settle = () => {
    let from = 0;
    for (const block of added) {
      const text = plainBlock(block);
      const found = removed.findIndex(
        (old, at) => at >= from && old.type === block.type && likeness(plainBlock(old), text) >= ALIKE,
      );
      const old = removed[found];
      if (!old) {
        changes.push({ kind: "added", block });
        continue;
      }
      for (const gone of removed.slice(from, found)) changes.push({ kind: "removed", block: gone });
      changes.push({ kind: "changed", block, pieces: diffText(plainBlock(old), text) });
      from = found + 1;
    }
    for (const gone of removed.slice(from)) changes.push({ kind: "removed", block: gone });
    removed = [];
    added = [];
  };
  for (const { kind, value } of steps(before, after, stable)) {
    if (kind === "same") {
      settle();
      changes.push({ kind, block: value });
    } else (kind === "removed" ? removed : added).push(value);
  }
  settle();
  return changes;
}
