/** Jobs in words: whether one still runs, what it does now, and what came of it. */
import type { Job, JobStatus, Phase } from "@/api/types";
import { credits, number, words } from "./format";

const OPEN: JobStatus[] = ["preparing", "queued", "running"];
export const isOpen = (job: Job) => OPEN.includes(job.status);

/** The least that is known of an item that runs is `prep`: a list cannot say more. */
const PHASES: Record<Phase, string> = {
  init: "Waiting its turn",
  prep: "At work",
  ai_call: "The model is at work",
  parse: "Reading the answer",
  save: "Saving",
  done: "Done",
};

/** Jobs that ask no model, and what they do instead. */
const WITHOUT_MODEL: Record<string, Partial<Record<Phase, string>>> = {
  import_keywords: { prep: "Reading the file and adding keywords", ai_call: "At work" },
  merge_clusters: { prep: "Looking at the clusters", ai_call: "At work", save: "Moving what belongs to them" },
  unmerge_clusters: { prep: "Looking at the clusters", ai_call: "At work", save: "Moving back what belongs to them" },
  publish: { prep: "Building the pages", ai_call: "At work", save: "Putting the pages online" },
};

/** What is being done. A phase that we do not know (yet) is shown by its name. */
export function phaseName(phase: Phase, job: Pick<Job, "function">): string {
  return WITHOUT_MODEL[job.function]?.[phase] ?? PHASES[phase] ?? words(phase);
}

/** What a running job does now. */
export function doing(job: Job): string {
  return job.status === "preparing" ? "Preparing the items" : phaseName(job.progress.phase, job);
}

/** What is counted, where it is nothing that one knows: a file is read in parts. */
function unit({ function: name, total }: Job): string {
  if (name !== "import_keywords") return "";
  return total === 1 ? " part" : " parts";
}

/** `1 / 3`, `1 / 3 parts`. */
export function countOf(job: Job): string {
  const { done, failed, cancelled, total } = job.progress;
  return `${number(done + failed + cancelled)} / ${number(total)}${unit(job)}`;
}

/** The most that a running job can come to cost: what failed is given back, and is not spent any more. */
export const mostSpent = (job: Job) => job.credits.charged + job.credits.reserved;

/** All that a job has reserved, whatever became of it; what is tried again counts again. */
export const reservedInAll = (job: Job) => job.credits.reserved + job.credits.charged + job.credits.refunded;

/** `18 of 20 done, 2 failed. 54 credits spent.` */
export function outcome(job: Job): string {
  const { done, failed, cancelled, total } = job.progress;
  const parts = [`${done} of ${total}${unit(job)} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  const spent = job.credits.charged > 0 ? ` ${credits(job.credits.charged)} spent.` : " Nothing was charged.";
  return `${parts.join(", ")}.${spent}`;
}

/** Why items failed, in the server's sentences: each once, the commonest first. */
export function reasons(job: Job): { message: string; items: number }[] {
  const found = new Map<string, number>();
  for (const { state, error } of job.items ?? []) {
    if (state === "failed" && error) found.set(error.message, (found.get(error.message) ?? 0) + 1);
  }
  return [...found].map(([message, items]) => ({ message, items })).sort((a, b) => b.items - a.items);
}
