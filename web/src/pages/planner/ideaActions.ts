/** What can be done with ideas: accept, reject, delete, and make tasks of them. */
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Idea } from "@/api/types";
import { count } from "@/lib/format";
import { confirm } from "@/ui/ConfirmDialog";
import { failed, told } from "@/ui/ToastNotifications";
import { type BulkOutcome, inParts, oneByOne, remaining, tellBulk } from "./bulk";
import { changeRows } from "./cache";
import { isOpenIdea, isTaken } from "./ideaList";

function send(action: "accept" | "reject" | "delete", ids: readonly string[]): Promise<BulkOutcome> {
  return inParts(ids, async (part) => {
    return (await call(api.POST("/api/planner/ideas/bulk", { body: { action, ids: part } }))).items;
  });
}

/** Gives ideas the status back that they had. There is no bulk action for `new`, so those go one by one. */
async function restore(before: Idea[]): Promise<void> {
  const of = (status: Idea["status"]) => before.filter((idea) => idea.status === status).map((idea) => idea.id);
  const outcomes = [
    await send("accept", of("accepted")),
    await send("reject", of("rejected")),
    await inParts(of("new"), (part) =>
      oneByOne(part, (id) =>
        call(api.PATCH("/api/planner/ideas/{id}", { params: { path: { id } }, body: { status: "new" } })),
      ),
    ),
  ];
  invalidate("ideas");
  const all: BulkOutcome = {
    done: outcomes.flatMap((one) => one.done),
    refused: outcomes.flatMap((one) => one.refused),
    stopped: outcomes.find((one) => one.stopped !== undefined)?.stopped,
    left: outcomes.flatMap((one) => one.left),
  };
  tellBulk(all, "idea", "as before");
}

/** Accepts or rejects; those that are so already, or that a task has, are left alone. */
export async function decide(ideas: Idea[], verb: "accept" | "reject"): Promise<Set<string>> {
  const status = verb === "accept" ? "accepted" : "rejected";
  const some = ideas.filter((idea) => idea.status !== status && !isTaken(idea));
  const outcome = await send(
    verb,
    some.map((idea) => idea.id),
  );
  invalidate("ideas");
  tellBulk(outcome, "idea", status, (done) => {
    const ids = new Set(done);
    void restore(some.filter((idea) => ids.has(idea.id)));
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

/** The API queues up to this many at once, all of them or none. */
const MOST_QUEUED = 45;

/** Makes a task of each idea that may have one. `show` opens the tasks. */
export async function queue(ideas: Idea[], show: () => void): Promise<Set<string>> {
  const ready = ideas.filter(isOpenIdea);
  const tasks: string[] = [];
  let error: unknown;
  for (let at = 0; at < ready.length && error === undefined; at += MOST_QUEUED) {
    const idea_ids = ready.slice(at, at + MOST_QUEUED).map((idea) => idea.id);
    try {
      tasks.push(...(await call(api.POST("/api/planner/ideas/queue", { body: { idea_ids } }))).task_ids);
    } catch (thrown) {
      error = thrown;
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
