/** Doing one thing with many rows: in parts that the server takes, with an answer for each row, told in a sentence. */
import { sentence } from "@/api/problem";
import { count, number } from "@/lib/format";
import { failed, told } from "@/ui/ToastNotifications";

/** What became of one id, as `/bulk` answers. */
export type BulkItem = { id: string; ok: boolean; error?: { detail: string } | null };

export type BulkOutcome = {
  done: string[];
  refused: { id: string; why: string }[];
  /** Why it ended early (offline, too many requests); `left` was not tried then. */
  stopped?: unknown;
  left: string[];
};

/** The most ids of one request to `/bulk`. */
const MOST_IDS = 200;

/** Sends all ids, part by part. A part that fails as a whole ends it; what was done before stays in the outcome. */
export async function inParts(
  ids: readonly string[],
  send: (part: string[]) => Promise<BulkItem[]>,
  size = MOST_IDS,
): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { done: [], refused: [], left: [] };
  for (let at = 0; at < ids.length; at += size) {
    const part = ids.slice(at, at + size);
    try {
      for (const item of await send(part)) {
        if (item.ok) outcome.done.push(item.id);
        else outcome.refused.push({ id: item.id, why: item.error?.detail ?? "It was refused." });
      }
    } catch (error) {
      return { ...outcome, stopped: error, left: ids.slice(at) };
    }
  }
  return outcome;
}

/** For what has no `/bulk`: one request per id, some at a time, with the same kind of answer. */
export async function oneByOne(part: string[], send: (id: string) => Promise<unknown>): Promise<BulkItem[]> {
  const items: BulkItem[] = [];
  const queue = [...part];
  const work = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        await send(id);
        items.push({ id, ok: true });
      } catch (error) {
        items.push({ id, ok: false, error: { detail: sentence(error) } });
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return items;
}

/** `12 keywords archived. 3 were not: It is gone (2), It is used (1).` */
export function bulkText(outcome: BulkOutcome, noun: string, verb: string): string {
  const reasons = new Map<string, number>();
  for (const { why } of outcome.refused) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  const parts = [`${count(outcome.done.length, noun)} ${verb}.`];
  if (outcome.refused.length > 0) {
    const list = [...reasons]
      .sort((a, b) => b[1] - a[1])
      .map(([why, times]) => (times > 1 ? `${why} (${times})` : why));
    parts.push(`${number(outcome.refused.length)} not: ${list.slice(0, 3).join(" ")}`);
  }
  if (outcome.stopped !== undefined) {
    parts.push(`${number(outcome.left.length)} not tried: ${sentence(outcome.stopped)}`);
  }
  return parts.join(" ");
}

/** Tells what came of it; a way back where something was done. */
export function tellBulk(outcome: BulkOutcome, noun: string, verb: string, undo?: (done: string[]) => void): void {
  const text = bulkText(outcome, noun, verb);
  const whole = outcome.refused.length === 0 && outcome.stopped === undefined;
  if (outcome.done.length > 0 && undo) told(text, { label: "Undo", run: () => undo(outcome.done) });
  else if (whole) told(text);
  else failed(text);
}

/** The rows that are still to be dealt with: they stay chosen, so that one can try again. */
export function remaining(outcome: BulkOutcome): Set<string> {
  return new Set([...outcome.refused.map(({ id }) => id), ...outcome.left]);
}
