/** What can be done with ideas: accept, reject, delete, and make tasks of them. */
import { api, call, ifMatch } from "@/api/client";
import { ApiError } from "@/api/problem";
import { invalidate } from "@/api/query";
import type { Idea } from "@/api/types";
import { count } from "@/lib/format";
import { confirm } from "@/ui/ConfirmDialog";
import { failed, told } from "@/ui/ToastNotifications";
import { type BulkOutcome, inParts, remaining, tellBulk } from "./bulk";
import { changeRows } from "./cache";
import { reasonOf, warningOf } from "./IdeaVerdict";
import { isOpenIdea, isTaken } from "./ideaList";

type Verb = "accept" | "reject" | "restore" | "delete";

function send(action: Verb, ids: readonly string[], reason?: string): Promise<BulkOutcome> {
  return inParts(ids, async (part) => {
    return (await call(api.POST("/api/planner/ideas/bulk", { body: { action, ids: part, reason } }))).items;
  });
}

/** Gives ideas the status back that they had, and what was rejected its reason. */
async function takeBack(before: Idea[]): Promise<void> {
  const of = (status: Idea["status"]) => before.filter((idea) => idea.status === status);
  const ids = (ideas: Idea[]) => ideas.map((idea) => idea.id);
  const outcomes = [await send("accept", ids(of("accepted"))), await send("restore", ids(of("new")))];
  const reasons = new Map<string, Idea[]>();
  for (const idea of of("rejected")) {
    const reason = idea.reject_reason ?? "";
    reasons.set(reason, [...(reasons.get(reason) ?? []), idea]);
  }
  for (const [reason, ideas] of reasons) outcomes.push(await send("reject", ids(ideas), reason || undefined));
  invalidate("ideas");
  const all: BulkOutcome = {
    done: outcomes.flatMap((one) => one.done),
    refused: outcomes.flatMap((one) => one.refused),
    stopped: outcomes.find((one) => one.stopped !== undefined)?.stopped,
    left: outcomes.flatMap((one) => one.left),
  };
  tellBulk(all, "idea", "as before");
}

const STATUS_OF = { accept: "accepted", reject: "rejected", restore: "new" } as const;
const SAID = { accept: "accepted", reject: "rejected", restore: "restored" } as const;

/** Accepts, rejects or restores; those that are so already, or that a task has, are left alone. */
export async function decide(ideas: Idea[], verb: keyof typeof SAID, reason?: string): Promise<Set<string>> {
  const some = ideas.filter((idea) => idea.status !== STATUS_OF[verb] && !isTaken(idea));
  const outcome = await send(
    verb,
    some.map((idea) => idea.id),
    reason,
  );
  invalidate("ideas");
  tellBulk(outcome, "idea", SAID[verb], (done) => {
    const ids = new Set(done);
    void takeBack(some.filter((idea) => ids.has(idea.id)));
  });
  return remaining(outcome);
}

export async function removeIdeas(ideas: Idea[]): Promise<Set<string>> {
  const [first] = ideas;
  const what = ideas.length === 1 && first ? `“${first.title}”` : count(ideas.length, "idea");
  const yes = await confirm({
    title: `Delete ${what}?`,
    body: "This cannot be undone. Ideas that have a task are kept. To put ideas aside only, reject them.",
    action: `Delete ${count(ideas.length, "idea")}`,
    danger: true,
  });
  const ids = ideas.map((idea) => idea.id);
  if (!yes) return new Set(ids);
  const outcome = await send("delete", ids);
  const gone = new Set(outcome.done);
  changeRows<Idea>("ideas", (row) => (gone.has(row.id) ? undefined : row));
  invalidate("ideas");
  tellBulk(outcome, "idea", "deleted");
  return remaining(outcome);
}

/** Decides that an idea shall be written though it has a rival, or takes that back. */
export async function overrule(ideas: Idea[]): Promise<Set<string>> {
  for (const idea of ideas) {
    const body = { overrule: !idea.verdict?.overruled };
    try {
      const params = { path: { id: idea.id } };
      await call(api.PATCH("/api/planner/ideas/{id}", { params, headers: ifMatch(idea.version), body }));
    } catch (thrown) {
      failed(thrown);
      return new Set([idea.id]);
    } finally {
      invalidate("ideas");
    }
    told(body.overrule ? "It can be written: nothing warns any more." : "It warns again.");
  }
  return new Set();
}

/** The longest wish for a page that is written anew, in characters. */
const MOST_WISH = 500;

/** What a page should say that is refreshed instead of writing this idea: whole sections, as many as fit. */
export function wishOf(idea: Idea): string {
  const keywords = idea.target_keywords.slice(0, 5).join(", ");
  const start = keywords ? `Also serve the searches: ${keywords}.` : `Also answer: ${idea.title}.`;
  let wish = start.slice(0, MOST_WISH);
  let sections = "";
  for (const { heading, points } of idea.outline) {
    const section = points && points.length > 0 ? `${heading} (${points.join(", ")})` : heading;
    const next = sections ? `${sections}; ${section}` : section;
    if (`${start} Also cover: ${next}.`.length > MOST_WISH) break;
    sections = next;
    wish = `${start} Also cover: ${sections}.`;
  }
  return wish;
}

/**
 * Merges an idea into what it would compete with: an idea or a task gets its keywords and its outline; a page or a draft its
 * keywords, and `go` leads to where it is written anew.
 */
export async function mergeIdea(idea: Idea, go: (path: string) => void): Promise<Set<string>> {
  const { verdict } = idea;
  if (!verdict) return new Set();
  try {
    const params = { path: { id: idea.id } };
    const body = { rival_id: verdict.rival.id };
    const merged = (await call(api.POST("/api/planner/ideas/{id}/merge", { params, body }))) as Idea;
    const rival = merged.merged_into?.rival ?? verdict.rival;
    const undo = { label: "Undo", run: () => void unmergeIdea(merged) };
    if (rival.kind === "page" || rival.kind === "draft") {
      told(`“${rival.title}” has its keywords now. Nothing is written before you see the cost.`, undo);
      go(`/writer/content/${rival.id}?wish=${encodeURIComponent(wishOf(idea))}`);
    } else {
      told(`Merged into “${rival.title}”, with its keywords and its outline.`, undo);
    }
  } catch (thrown) {
    failed(thrown);
    return new Set([idea.id]);
  } finally {
    invalidate("ideas", "tasks", "content");
  }
  return new Set();
}

/** Takes a merge back: the idea is what it was, and its rival loses what it got of it. */
export async function unmergeIdea(idea: Idea): Promise<Set<string>> {
  try {
    await call(api.POST("/api/planner/ideas/{id}/unmerge", { params: { path: { id: idea.id } } }));
    told("The merge is taken back.");
  } catch (thrown) {
    failed(thrown);
    return new Set([idea.id]);
  } finally {
    invalidate("ideas", "tasks", "content");
  }
  return new Set();
}

/** Asks before ideas become tasks that would compete with what is there. */
async function wanted(ideas: Idea[]): Promise<boolean> {
  const reasons = ideas.flatMap((idea) => {
    const verdict = warningOf(idea);
    return verdict ? [`“${idea.title}”: ${reasonOf(verdict)}`] : [];
  });
  if (reasons.length === 0) return true;
  const more = reasons.length > 3 ? ` And ${count(reasons.length - 3, "more idea")}.` : "";
  return confirm({
    title: `${count(reasons.length, "idea")} would compete with your own content`,
    body: reasons.slice(0, 3).join(" ") + more,
    action: "Make tasks anyway",
  });
}

/** The API queues up to this many at once, all of them or none. */
const MOST_QUEUED = 45;

/** Ideas as they are now: the server has found rivals that the page does not know of. */
function reload(ideas: Idea[]): Promise<Idea[]> {
  const one = (id: string) => call(api.GET("/api/planner/ideas/{id}", { params: { path: { id } } })) as Promise<Idea>;
  return Promise.all(ideas.map((idea) => one(idea.id)));
}

/** Makes tasks of up to [`MOST_QUEUED`] ideas; asks when the server finds rivals. None when the answer is no. */
async function queuePart(ideas: Idea[]): Promise<string[] | undefined> {
  // The person has been asked about these already.
  const send = (some: Idea[]) => {
    const overrule = some.filter(warningOf).map((idea) => idea.id);
    const body = { idea_ids: some.map((idea) => idea.id), overrule };
    return call(api.POST("/api/planner/ideas/queue", { body }));
  };
  try {
    return (await send(ideas)).task_ids;
  } catch (thrown) {
    const isRival = thrown instanceof ApiError && thrown.status === 409 && Object.keys(thrown.fields).length > 0;
    if (!isRival) throw thrown;
    invalidate("ideas");
    const now = await reload(ideas);
    return (await wanted(now)) ? (await send(now)).task_ids : undefined;
  }
}

/** Makes a task of each idea that may have one. `show` opens the tasks. */
export async function queue(ideas: Idea[], show: () => void): Promise<Set<string>> {
  const ready = ideas.filter(isOpenIdea);
  if (!(await wanted(ready))) return new Set(ideas.map((idea) => idea.id));
  const tasks: string[] = [];
  let error: unknown;
  for (let at = 0; at < ready.length; at += MOST_QUEUED) {
    try {
      const made = await queuePart(ready.slice(at, at + MOST_QUEUED));
      if (!made) break;
      tasks.push(...made);
    } catch (thrown) {
      error = thrown;
      break;
    }
  }
  invalidate("ideas", "tasks");
  const skipped = ideas.length - ready.length;
  const rest = skipped > 0 ? ` ${count(skipped, "idea")} left out: rejected, or a task has it already.` : "";
  if (tasks.length > 0) told(`${count(tasks.length, "task")} made.${rest}`, { label: "Open tasks", run: show });
  if (error !== undefined) failed(error);
  // What was queued stands first; the rest stays chosen.
  return new Set(ready.slice(tasks.length).map((idea) => idea.id));
}
