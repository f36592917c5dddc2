/** What can be done with chosen keywords. */
import { api, call, download } from "@/api/client";
import { invalidate } from "@/api/query";
import { useLimit } from "@/api/resources";
import type { Keyword, KeywordUpdate, Site } from "@/api/types";
import { count } from "@/lib/format";
import { confirm } from "@/ui/ConfirmDialog";
import { spend } from "@/ui/spend";
import { type BulkOutcome, inParts, remaining, tellBulk } from "./bulk";
import { changeRows } from "./cache";

type Verb = "archive" | "unarchive" | "delete";

function send(action: Verb, ids: readonly string[]): Promise<BulkOutcome> {
  return inParts(ids, async (part) => {
    return (await call(api.POST("/api/planner/keywords/bulk", { body: { action, ids: part } }))).items;
  });
}

/** One change for all of these keywords. */
function sendChange(change: KeywordUpdate, ids: readonly string[]): Promise<BulkOutcome> {
  return inParts(ids, async (part) => {
    return (await call(api.POST("/api/planner/keywords/bulk", { body: { action: "update", ids: part, change } })))
      .items;
  });
}

/** What these fields of a keyword were: the change that brings them back. */
export function before(row: Keyword, change: KeywordUpdate): KeywordUpdate {
  const back: KeywordUpdate = {};
  if (change.volume !== undefined) back.volume = row.volume ?? null;
  if (change.difficulty !== undefined) back.difficulty = row.difficulty ?? null;
  if (change.cpc !== undefined) back.cpc = row.cpc_cents == null ? null : row.cpc_cents / 100;
  if (change.intent !== undefined) back.intent = row.intent ?? null;
  if (change.sector_id !== undefined) back.sector_id = row.sector_id ?? null;
  if (change.cluster_id !== undefined) back.cluster_id = row.cluster_id ?? null;
  return back;
}

/** The requests that take a change back: keywords that were alike go together. */
export function undoOf(rows: Keyword[], change: KeywordUpdate): { change: KeywordUpdate; ids: string[] }[] {
  const groups = new Map<string, { change: KeywordUpdate; ids: string[] }>();
  for (const row of rows) {
    const back = before(row, change);
    const key = JSON.stringify(back);
    const group = groups.get(key) ?? { change: back, ids: [] };
    group.ids.push(row.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Changes many keywords alike; `Undo` gives each what it had. */
export async function changeKeywords(rows: Keyword[], change: KeywordUpdate, verb: string): Promise<Set<string>> {
  const outcome = await sendChange(
    change,
    rows.map((row) => row.id),
  );
  refresh();
  tellBulk(outcome, "keyword", verb, (done) => {
    const ids = new Set(done);
    void takeBack(
      undoOf(
        rows.filter((row) => ids.has(row.id)),
        change,
      ),
    );
  });
  return remaining(outcome);
}

async function takeBack(groups: { change: KeywordUpdate; ids: string[] }[]): Promise<void> {
  const all: BulkOutcome = { done: [], refused: [], left: [] };
  for (const { change, ids } of groups) {
    const one = await sendChange(change, ids);
    all.done.push(...one.done);
    all.refused.push(...one.refused);
    all.left.push(...one.left);
    all.stopped ??= one.stopped;
  }
  takenBack(all);
}

/** Reads again what changed: totals, and the clusters that keywords were taken from. */
function refresh(): void {
  invalidate("keywords", "clusters");
}

/** Puts keywords away. Those that are away already are left alone, so that Undo brings back only these. */
export async function archive(rows: Keyword[]): Promise<Set<string>> {
  const ids = rows.filter((row) => row.status !== "archived").map((row) => row.id);
  const outcome = await send("archive", ids);
  refresh();
  tellBulk(outcome, "keyword", "archived", (done) => void send("unarchive", done).then(takenBack));
  return remaining(outcome);
}

export async function unarchive(rows: Keyword[]): Promise<Set<string>> {
  const ids = rows.filter((row) => row.status === "archived").map((row) => row.id);
  const outcome = await send("unarchive", ids);
  refresh();
  tellBulk(outcome, "keyword", "taken back", (done) => void send("archive", done).then(takenBack));
  return remaining(outcome);
}

function takenBack(outcome: BulkOutcome): void {
  refresh();
  tellBulk(outcome, "keyword", "as before");
}

/** Removes keywords for good, after asking; what was chosen stays so when the answer is no. */
export async function remove(rows: Keyword[]): Promise<Set<string>> {
  const ids = rows.map((row) => row.id);
  const yes = await confirm({
    title: `Delete ${count(ids.length, "keyword")}?`,
    body: "They are removed for good, with their numbers, and leave their clusters. To hide them only, archive them instead.",
    action: `Delete ${count(ids.length, "keyword")}`,
    danger: true,
  });
  if (!yes) return new Set(ids);
  const outcome = await send("delete", ids);
  const gone = new Set(outcome.done);
  changeRows<Keyword>("keywords", (row) => (gone.has(row.id) ? undefined : row));
  refresh();
  tellBulk(outcome, "keyword", "deleted");
  return remaining(outcome);
}

/** The most keywords of one clustering by choice, unless the settings say otherwise. */
const MOST_CHOSEN = 50;

export const useMostChosen = () => useLimit("ai_keywords_per_request", MOST_CHOSEN);

type Selection = { all_new: true } | { keyword_ids: string[] };

/** Groups keywords into clusters, after its cost was shown. */
export function cluster(site: Site, selection: Selection, then?: (job: string) => void): void {
  const body = { site_id: site.id, ...selection };
  const what =
    "all_new" in selection
      ? `All new keywords of ${site.name} are grouped by what their searchers want, in new and existing clusters. A batch is up to 30 keywords, or what the settings say.`
      : `${count(selection.keyword_ids.length, "keyword")} of ${site.name} will be grouped by what their searchers want, in new and existing clusters. A batch is up to 30 keywords, or what the settings say.`;
  spend({
    title: "Cluster keywords",
    what,
    noun: "batch of keywords",
    plural: "batches of keywords",
    order: { path: "/api/planner/cluster", body },
    onStarted: then,
  });
}

export function exportCsv(site: Site): Promise<void> {
  const name = site.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  return download(`/api/planner/keywords/export?site_id=${site.id}`, `keywords-${name}.csv`);
}
