/**
 * What one is asked before it costs credits: `spend({...})` opens the question, `CostDialog` asks it. A question is kept
 * over a reload of the page, with the key of its request, so that what was started just before is not started twice.
 */
import { create } from "zustand";
import { api, call } from "@/api/client";
import { queryClient } from "@/api/query";
import type { paths } from "@/api/schema";
import type { Estimated, Me } from "@/api/types";

type Path =
  | "/api/planner/cluster"
  | "/api/planner/ideas/generate"
  | "/api/writer/generate"
  | "/api/writer/images/prompts"
  | "/api/writer/images/generate"
  | "/api/writer/regenerate"
  | "/api/writer/variations"
  | "/api/writer/reparse"
  | "/api/publish"
  | "/api/thinker/test"
  | "/api/thinker/test-images"
  | "/api/thinker/draft";

/** The request that costs; with `?estimate=true` it only answers what it would cost. */
type Order =
  | { [P in Path]: { path: P; body: paths[P]["post"]["requestBody"]["content"]["application/json"] } }[Path]
  // What is checked stands in the path; nothing is sent besides.
  | { path: `/api/thinker/prompts/${string}/versions/${number}/check`; body: Record<string, never> };

type Cost = {
  /** "Write articles". */
  title: string;
  /** What will happen, in a sentence. */
  what: string;
  /** What an item is. */
  noun: string;
  plural?: string;
  order: Order;
  /** How many items there are, where they are not those of the estimate. */
  items?: number;
  /** Called with the job's id once it runs; not after a reload. */
  onStarted?: (job: string) => void;
};

export type Question = Cost & {
  /** The Idempotency-Key of the order. */
  key: string;
  tenant?: string;
  /** The page where it was asked. */
  at?: string;
  /** Somebody has agreed, and the answer is not known. */
  isSent?: boolean;
  /** The page was loaded again meanwhile. */
  isKept?: boolean;
};

const KEPT = "igny8.cost";

export const useQuestion = create<{ question?: Question }>(() => ({}));

function put(question: Question): void {
  sessionStorage.setItem(KEPT, JSON.stringify(question));
  useQuestion.setState({ question });
}

/** Opens the dialog. */
export function spend(cost: Cost): void {
  put({
    ...cost,
    key: crypto.randomUUID(),
    tenant: queryClient.getQueryData<Me>(["me"])?.tenant.id,
    at: location.pathname,
  });
}

/** Closes the dialog, if it is open; of a certain question only if that is the one. */
export function forget(key = useQuestion.getState().question?.key): void {
  if (!key || useQuestion.getState().question?.key !== key) return;
  sessionStorage.removeItem(KEPT);
  useQuestion.setState({ question: undefined });
}

/** Whoever goes to another page has turned away from a question; only what may have been started follows them. */
export function turnAway(pathname: string): void {
  const { question } = useQuestion.getState();
  if (question && !question.isSent && question.at !== pathname) forget();
}

/** Asks again what was asked when the page was loaded anew; not in another tenant, and not on another page. */
export function askAgain(tenant: string): void {
  if (useQuestion.getState().question) return;
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const question = kept ? (JSON.parse(kept) as Question) : undefined;
  if (question?.tenant !== tenant) return;
  if (question.isSent || question.at === location.pathname) put({ ...question, isKept: true });
}

/** Path and body belong together by the type of the order; over all paths at once the client cannot see it. */
function send({ path, body }: Order, estimate: boolean, key?: string): Promise<unknown> {
  const headers = key ? { "idempotency-key": key } : undefined;
  const params = { query: estimate ? { estimate } : {} };
  return call(api.POST(path as "/api/publish", { params, body: body as never, headers }));
}

export async function estimated({ order, items }: Question): Promise<Estimated> {
  const estimate = (await send(order, true)) as Estimated;
  return { ...estimate, items: items ?? estimate.items };
}

/** Starts the work; answers its job. */
export async function start(question: Question): Promise<string> {
  put({ ...question, isSent: true });
  const { job } = (await send(question.order, false, question.key)) as { job: { id: string } };
  return job.id;
}

/** It was refused: nothing runs. */
export function refused(question: Question): void {
  if (useQuestion.getState().question?.key === question.key) put({ ...question, isSent: false });
}
