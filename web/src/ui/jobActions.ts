/**
 * What a person can do with a job: stop it while it runs, try again what failed, take a merge back. What costs or cannot be
 * undone asks first, and all say what began.
 */
import { api, call } from "@/api/client";
import { tellJob } from "@/api/live";
import { invalidate, queryClient } from "@/api/query";
import { startedJobs } from "@/api/resources";
import type { Balance, Estimated, Job } from "@/api/types";
import { count, credits, number } from "@/lib/format";
import { isOpen } from "@/lib/jobs";
import { useUi } from "@/lib/store";
import { confirm } from "./ConfirmDialog";
import { failed, told } from "./ToastNotifications";

export type JobAction = "cancel" | "retry" | "undo";

/** The one thing that can be done with a job in its state, if any. Nothing can be paused. */
export function actionOf(job: Job): JobAction | undefined {
  if (isOpen(job)) return "cancel";
  if (job.progress.failed > 0) return "retry";
  return job.function === "merge_clusters" && job.status === "succeeded" ? "undo" : undefined;
}

export const actionName = (action: JobAction, job: Job) =>
  action === "cancel" ? "Cancel the job" : action === "retry" ? retryName(job) : "Undo the merge";

/** Says that a job goes on, as it was at `since`. Its end is the last word: if that was told before, nothing is said. */
function say(id: string, text: string, since: string, action?: { label: string; run: () => void }): void {
  const known = queryClient.getQueryData<Job[]>(["jobs", "recent"])?.find((job) => job.id === id);
  if (!known || isOpen(known) || known.updated_at <= since) told(text, action, id);
}

/** Says that a new job runs, and has its end told too, even if it is over before it is seen to run. */
export function sayStarted(id: string, text: string): void {
  startedJobs.add(id);
  say(id, text, "", { label: "Show progress", run: () => useUi.getState().show({ trayOpen: true }) });
}

export const retryName = (job: Job) => `Try ${count(job.progress.failed, "item")} again`;

async function cancel(job: Job): Promise<Job | undefined> {
  const { done, failed: broken, cancelled, total } = job.progress;
  const yes = await confirm({
    title: "Cancel this job?",
    body: `${count(total - done - broken - cancelled, "item")} of ${number(total)} did not end yet. What has not begun is not done, and its credits are given back. What runs at this moment still ends and is charged; what is done stays.`,
    action: "Cancel the job",
    back: "Let it run",
    danger: true,
  });
  if (!yes) return undefined;
  const path = { id: job.id };
  const next = (await call(api.POST("/api/system/jobs/{id}/cancel", { params: { path } }))) as Job;
  const text = isOpen(next) ? "The job is being cancelled. What runs now still ends." : "The job is cancelled.";
  say(job.id, text, next.updated_at);
  return next;
}

async function retry(job: Job): Promise<Job | undefined> {
  const path = { id: job.id };
  const estimate = api.POST("/api/system/jobs/{id}/retry", { params: { path, query: { estimate: true } } });
  const { credits: price } = (await call(estimate)) as Estimated;
  const available = queryClient.getQueryData<Balance>(["balance"])?.available;
  const have = available === undefined ? "" : ` You have ${number(available)}.`;
  const short = available !== undefined && available < price;
  const yes = await confirm({
    title: `${retryName(job)}?`,
    body:
      price === 0
        ? "This is free."
        : `This takes ${credits(price)} at most.${have} ${short ? "That may not suffice." : "Charged as items succeed, given back for what fails."}`,
    action: retryName(job),
  });
  if (!yes) return undefined;
  const next = (await call(api.POST("/api/system/jobs/{id}/retry", { params: { path } }))) as Job;
  say(job.id, "What failed is tried again.", next.updated_at);
  return next;
}

/** Takes a merge of clusters back: a job of its own, which the tray follows. It is free, and merging again redoes it. */
async function undo(job: Job): Promise<void> {
  const path = { job_id: job.id };
  const started = await call(api.POST("/api/planner/clusters/merges/{job_id}/undo", { params: { path } }));
  sayStarted(started.job.id, "The clusters are on their way back.");
}

/** Asks, does it, and shows the job as it is then. */
export async function act(action: JobAction, job: Job): Promise<void> {
  try {
    if (action === "undo") {
      await undo(job);
      invalidate("jobs");
      return;
    }
    const next = await (action === "cancel" ? cancel(job) : retry(job));
    if (!next) return;
    // The tray too: it waits for the end of a job that it knows to run, however old.
    tellJob(queryClient, next);
  } catch (error) {
    failed(error, job.id);
  }
  // Also after a refusal: the job is not as it was shown.
  invalidate("jobs", "balance");
}
