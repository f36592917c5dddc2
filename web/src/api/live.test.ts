import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apply, follow, type Ports, type Unread, useLive } from "./live";
import type { Job, LiveMessage, Notice } from "./types";

const at = (second: number) => `2026-11-22T10:00:${String(second).padStart(2, "0")}.000Z`;

function job(id: string, second: number, status: Job["status"] = "running"): Job {
  const progress = { total: 2, done: 0, failed: 0, cancelled: 0, phase: "prep" as const };
  const credits = { reserved: 1, charged: 0, refunded: 0 };
  const times = { created_at: at(0), updated_at: at(second) };
  return { id, function: "auto_cluster", site_id: null, status, total: 2, progress, credits, ...times };
}

test("a job replaces an older state of itself, never a newer one, and a new job comes first", () => {
  const cache = new QueryClient();
  cache.setQueryData(["jobs", "recent"], [job("2", 5), job("1", 1)]);
  cache.setQueryData(["jobs", "2"], { ...job("2", 5), items: [] });
  const tell = (one: Job) => apply(cache, { type: "job", at: one.updated_at, job: one });
  tell(job("2", 4, "queued"));
  tell(job("1", 9, "succeeded"));
  tell(job("3", 8));
  const rows = cache.getQueryData<Job[]>(["jobs", "recent"]);
  expect(rows?.map((row) => [row.id, row.status])).toEqual([
    ["3", "running"],
    ["2", "running"],
    ["1", "succeeded"],
  ]);
  tell(job("2", 6, "failed"));
  expect(cache.getQueryData<Job>(["jobs", "2"])).toMatchObject({ status: "failed", items: [] });
});

test("a notice counts once, and the balance is taken as it is", () => {
  const cache = new QueryClient();
  const notice = { id: "n", job_id: "1", outcome: "failure", at: at(3), read: false } as Notice;
  cache.setQueryData<Unread>(["notices", "unread"], { items: [], total: 0 });
  apply(cache, { type: "notice", at: at(3), notice });
  apply(cache, { type: "notice", at: at(3), notice });
  expect(cache.getQueryData<Unread>(["notices", "unread"])?.total).toBe(1);
  const balance = {
    balance: 3,
    reserved: 1,
    available: 2,
    monthly: 0,
    bonus: 3,
    plan: "trial" as const,
    renews_at: null,
  };
  apply(cache, { type: "balance", at: at(4), balance });
  expect(cache.getQueryData(["balance"])).toEqual(balance);
});

class Fake {
  static all: Fake[] = [];
  sent: unknown[] = [];
  closed = false;
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;
  constructor(readonly address: string) {
    Fake.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  hear(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let stop: (() => void) | undefined;
let heard: LiveMessage[];
let ports: Ports;

beforeEach(() => {
  vi.useFakeTimers();
  Fake.all = [];
  heard = [];
  let tickets = 0;
  ports = {
    ticket: async () => ({ url: "ws://x/live", ticket: `t${++tickets}` }),
    socket: (address) => new Fake(address) as unknown as WebSocket,
    take: (message) => heard.push(message),
    opened: vi.fn(),
  };
});

afterEach(() => {
  stop?.();
  vi.useRealTimers();
});

const last = () => Fake.all[Fake.all.length - 1] as Fake;

test("it comes back with a new ticket and asks for what it missed; meanwhile the queries poll", async () => {
  stop = follow(ports);
  await vi.advanceTimersByTimeAsync(0);
  expect(last().address).toBe("ws://x/live?ticket=t1");
  last().onopen?.();
  expect(last().sent).toEqual([{ type: "ping" }]);
  expect(useLive.getState().open).toBe(false);
  last().hear({ type: "pong", at: at(1) });
  expect(useLive.getState().open).toBe(true);
  last().hear({ type: "job", at: at(7), job: job("1", 7) });
  last().hear({ type: "balance", at: at(5) });
  last().hear({ type: "something new", at: at(9) });
  expect(heard.map((message) => message.type)).toEqual(["pong", "job", "balance"]);
  last().onclose?.();
  expect(useLive.getState().open).toBe(false);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(last().address).toBe("ws://x/live?ticket=t2");
  last().onopen?.();
  expect(last().sent).toEqual([{ type: "ping", since: at(7) }]);
  expect(ports.opened).toHaveBeenCalledTimes(1);
});

test("a socket that does not answer is left for another one, and one that is stopped stays closed", async () => {
  stop = follow(ports);
  await vi.advanceTimersByTimeAsync(0);
  last().onopen?.();
  last().hear({ type: "pong", at: at(1) });
  await vi.advanceTimersByTimeAsync(3 * 60_000);
  expect(last().sent).toHaveLength(2);
  const dead = last();
  await vi.advanceTimersByTimeAsync(21_500);
  expect(dead.closed).toBe(true);
  expect(Fake.all).toHaveLength(2);
  stop();
  last().onclose?.();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(Fake.all).toHaveLength(2);
});
