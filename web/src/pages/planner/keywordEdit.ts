/** Editing a keyword in its row: shown at once, taken back when the server refuses. */
import { api, call, ifMatch } from "@/api/client";
import { ApiError } from "@/api/problem";
import { invalidate } from "@/api/query";
import type { components } from "@/api/schema";
import type { Keyword } from "@/api/types";
import { failed } from "@/ui/ToastNotifications";
import { replaceRow } from "./cache";

type Change = Pick<components["schemas"]["KeywordUpdate"], "volume" | "difficulty" | "intent">;

/** The edits under way of each keyword: the next one builds on what the last one left. */
const pending = new Map<string, Promise<Keyword | undefined>>();

async function save(before: Keyword, change: Change): Promise<Keyword | undefined> {
  replaceRow("keywords", { ...before, ...change });
  try {
    const params = { path: { id: before.id } };
    const headers = ifMatch(before.version);
    const saved = (await call(api.PATCH("/api/planner/keywords/{id}", { params, headers, body: change }))) as Keyword;
    replaceRow("keywords", saved);
    if (change.volume !== undefined && saved.cluster_id) invalidate("clusters");
    return saved;
  } catch (error) {
    replaceRow("keywords", before);
    failed(error);
    // Somebody else was faster, or it is gone: show how it is now.
    if (error instanceof ApiError && (error.status === 409 || error.status === 404)) invalidate("keywords");
    return undefined;
  }
}

export async function editKeyword(row: Keyword, change: Change): Promise<void> {
  const last = pending.get(row.id);
  const mine = last ? last.then((saved) => save(saved ?? row, change)) : save(row, change);
  pending.set(row.id, mine);
  await mine;
  if (pending.get(row.id) === mine) pending.delete(row.id);
}
