import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apply, follow, type Ports, tellRecent, useLive } from "./live";
import { withNews } from "./news";
import type { Job, LiveMessage, Notice } from "./types";

const at = (second: number) => `2026-11-22T10:00:${String(second).padStart(2, "0")}.000Z`;

function job(id: string, second: number, status: Job["status"] = "running"): Job {
  const progress = { total: 2, done: 0, failed: 0, cancelled: 0, phase: "prep" as const };
  const credits = { reserved: 1, charged: 0, refunded: 0 };
  const times = { created_at: at(0), updated_at: at(second) };
  return { id, function: "auto_cluster", site_id: null, status, total: 2, progress, credits, ...times };
}

const tell = (cache: QueryClient, one: Job) => apply(cache, { type: "job", at: one.updated_at, job: one });

test("a job replaces an older state of itself, never a newer one, and a new job comes first", () => {
  const cache = new QueryClient();
  cache.setQueryData(["jobs", "recent"], [job("2", 5), job("1", 1)]);
  cache.setQueryData(["jobs", "one", "2"], { ...job("2", 5), items: [] });
  tell(cache, job("2", 4, "queued"));
  tell(cache, job("1", 9, "succeeded"));
  tell(cache, job("3", 8));
  const rows = cache.getQueryData<Job[]>(["jobs", "recent"]);
  expect(rows?.map((row) => [row.id, row.status])).toEqual([
    ["3", "running"],
    ["2", "running"],
    ["1", "succeeded"],
  ]);
  tell(cache, { ...job("2", 6), progress: { ...job("2", 6).progress, phase: "save" } });
  expect(cache.getQueryData<Job>(["jobs", "one", "2"])).toMatchObject({ progress: { phase: "save" }, items: [] });
});

test("a list of jobs takes what is told into the page where it is, and a new one only where its filter wants it", () => {
  const cache = new QueryClient();
  const list = (...pages: Job[][]) => ({ pages: pages.map((items) => ({ items, total: 3 })), pageParams: [] });
  cache.setQueryData(["jobs", "list", {}], list([job("5", 1), job("4", 1)], [job("3", 1)]));
  cache.setQueryData(["jobs", "list", { function: "publish" }], list([job("1", 1)]));
  tell(cache, job("3", 2, "queued"));
  tell(cache, job("6", 2));
  // Of a page that was not read yet.
  tell(cache, job("2", 2));
  const seen = (key: object) =>
    cache
      .getQueryData<ReturnType<typeof list>>(["jobs", "list", key])
      ?.pages.map((page) => [page.total, ...page.items.map((one) => `${one.id} ${one.status}`)]);
  expect(seen({})).toEqual([
    [4, "6 running", "5 running", "4 running"],
    [3, "3 queued"],
  ]);
  expect(seen({ function: "publish" })).toEqual([[3, "1 running"]]);
});

test("what a burst makes stale is read again once, with the items of a job that has ended", async () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  const stale = vi.spyOn(cache, "invalidateQueries");
  const notice = { id: "n", job_id: "1", outcome: "failure", at: at(3), read: false } as Notice;
  cache.setQueryData(["jobs", "one", "1"], { ...job("1", 1), items: [] });
  for (let n = 0; n < 9; n += 1) apply(cache, { type: "notice", at: at(3), notice });
  tell(cache, job("1", 2, "failed"));
  expect(cache.getQueryData<Job>(["jobs", "one", "1"])?.status).toBe("running");
  await vi.advanceTimersByTimeAsync(200);
  expect(stale.mock.calls).toEqual([[{ queryKey: ["notices"] }], [{ queryKey: ["jobs"] }]]);
});

test("the balance is taken as it is", () => {
  const cache = new QueryClient();
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

test("what is told while an answer is under way is newer than the answer", async () => {
  const cache = new QueryClient();
  const answered: ((rows: Job[]) => void)[] = [];
  const read = () =>
    withNews(
      () => new Promise<Job[]>((answer) => answered.push(answer)),
      (rows, news) => (news.type === "job" ? tellRecent(rows, news.job) : rows),
    );
  const [first, second] = [read(), read()];
  tell(cache, job("2", 5, "succeeded"));
  tell(cache, job("3", 6));
  // The first was asked for before what is told, the second too, but it has something newer still.
  answered[0]?.([job("2", 4), job("1", 1)]);
  answered[1]?.([job("3", 7, "queued"), job("2", 4), job("1", 1)]);
  expect((await first).map((row) => [row.id, row.status])).toEqual([
    ["3", "running"],
    ["2", "succeeded"],
    ["1", "running"],
  ]);
  expect((await second).map((row) => [row.id, row.status])).toEqual([
    ["3", "queued"],
    ["2", "succeeded"],
    ["1", "running"],
  ]);
  tell(cache, job("9", 9));
  const later = read();
  answered[2]?.([job("1", 1)]);
  expect(await later).toEqual([job("1", 1)]);
});

test("a job of long ago is told of while it runs again, and when it ends", () => {
  const cache = new QueryClient();
  const newest = Array.from({ length: 20 }, (_, n) => job(String(90 - n), 1, "succeeded"));
  cache.setQueryData(["jobs", "recent"], newest);
  const seen = () => cache.getQueryData<Job[]>(["jobs", "recent"])?.find((row) => row.id === "10")?.status;
  tell(cache, job("10", 2));
  expect(seen()).toBe("running");
  tell(cache, job("10", 3, "failed"));
  expect(seen()).toBe("failed");
  // Also where it was read meanwhile that the newest are others.
  cache.setQueryData(["jobs", "recent"], newest);
  tell(cache, job("10", 4, "succeeded"));
  expect(seen()).toBe("succeeded");
});

class Fake {
  static all: Fake[] = [];
  sent: unknown[] = [];
  closed = false;
  readyState: number = WebSocket.OPEN;
  onopen?: () => void;
  onmessage?: ((event: { data: string }) => void) | null;
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
    refused: vi.fn(),
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

test("a page that is looked at again asks at once, and a network that is back opens at once", async () => {
  stop = follow(ports);
  await vi.advanceTimersByTimeAsync(0);
  last().onopen?.();
  last().hear({ type: "pong", at: at(1) });
  await vi.advanceTimersByTimeAsync(30_000);
  document.dispatchEvent(new Event("visibilitychange"));
  document.dispatchEvent(new Event("visibilitychange"));
  expect(last().sent).toHaveLength(2);
  const lost = last();
  window.dispatchEvent(new Event("offline"));
  expect([lost.closed, useLive.getState().open]).toEqual([true, false]);
  lost.hear({ type: "balance", at: at(2) });
  expect(heard).toHaveLength(1);
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(Fake.all).toHaveLength(2);
});

test("who opens a socket and is never answered is looked up again, and tries ever more seldom", async () => {
  stop = follow(ports);
  for (let n = 1; n <= 3; n += 1) {
    await vi.advanceTimersByTimeAsync(n === 1 ? 0 : 8_000);
    expect(Fake.all).toHaveLength(n);
    last().onopen?.();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ports.refused).toHaveBeenCalledTimes(n);
  }
  await vi.advanceTimersByTimeAsync(1_900);
  expect(Fake.all).toHaveLength(3);
});
