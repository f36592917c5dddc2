/**
 * The live feed: one WebSocket per tab, opened by a ticket, whose messages go into the query cache. It comes back by itself
 * and asks for what it missed. While it is closed, the queries poll as they would without it.
 */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";
import { isOpen } from "@/lib/jobs";
import { api, call } from "./client";
import { hear } from "./news";
import { ApiError } from "./problem";
import { queryClient, useMe } from "./query";
import { useSession } from "./session";
import type { Job, LiveMessage, Notice } from "./types";

/** API Gateway closes what is silent for ten minutes. */
const PING = 3 * 60_000;
/** How often one looks whether a ping is due: by the clock, as timers stand still while a machine sleeps. */
const BEAT = 15_000;
/** How long a handshake or an answer to a ping may take; without one the socket is dead, whatever it says. */
const PATIENCE = 20_000;
/** The first and the longest wait before the next try. */
const WAIT = [1_000, 60_000] as const;
/** A page that is looked at again asks for a sign of life, unless it did so just now. */
const JUST_NOW = 5_000;
/** How many of the newest jobs the tray knows, besides those that still run. */
export const RECENT = 20;
/** News comes in bursts: what they make stale is read again once. */
const BURST = 100;

/** Whether news comes by itself; where it does not, ask. */
export const useLive = create<{ open: boolean }>(() => ({ open: false }));

/** The notices that were not read: the newest of them, and how many there are. */
export type Unread = { items: Notice[]; total: number };

/** What a list of jobs may be filtered by. */
export type JobFilters = { function?: string; site?: string; failures?: string };

type JobPage = { items: Job[]; total?: number | null };

/** Puts a state that was told in the place of the known one, unless that is newer: answers may overtake what is told. */
export function placed(rows: Job[], job: Job): Job[] {
  return rows.map((row) => (row.id === job.id && job.updated_at >= row.updated_at ? job : row));
}

const has = (rows: Job[], job: Job) => rows.some((row) => row.id === job.id);

/** What is told is news, however old its job: one that is tried again ends long after it was made. */
export function tellRecent(rows: Job[], job: Job): Job[] {
  if (has(rows, job)) return placed(rows, job);
  const all = [job, ...rows].sort((a, b) => (a.id < b.id ? 1 : -1));
  return all.filter((row, place) => place < RECENT || isOpen(row) || row.id === job.id);
}

function tellList(pages: JobPage[], job: Job): JobPage[] {
  const [first, ...rest] = pages;
  if (!first || pages.some((page) => has(page.items, job))) {
    return pages.map((page) => ({ ...page, items: placed(page.items, job) }));
  }
  const newest = first.items[0];
  // What is older than the newest and not there is on a page that was not read yet.
  if (newest && job.id < newest.id) return pages;
  return [
    { ...first, items: [job, ...first.items], total: first.total == null ? first.total : first.total + 1 },
    ...rest,
  ];
}

function wants(filters: JobFilters, job: Job): boolean {
  return (
    (!filters.function || filters.function === job.function) &&
    (!filters.site || filters.site === job.site_id) &&
    (!filters.failures || job.progress.failed > 0)
  );
}

/** Puts a job as it is now wherever it is shown. */
export function tellJob(cache: QueryClient, job: Job): void {
  cache.setQueryData<Job[]>(["jobs", "recent"], (rows) => rows && tellRecent(rows, job));
  for (const [key, list] of cache.getQueriesData<InfiniteData<JobPage>>({ queryKey: ["jobs", "list"] })) {
    if (list && wants((key[2] ?? {}) as JobFilters, job)) {
      cache.setQueryData(key, { ...list, pages: tellList(list.pages, job) });
    }
  }
  if (isOpen(job)) {
    cache.setQueryData<Job>(["jobs", "one", job.id], (known) =>
      known && job.updated_at >= known.updated_at ? { ...job, items: known.items } : known,
    );
  } else {
    // What came of its items is not in the message; and nothing more is told that could mend what was overtaken.
    soon(cache, "jobs");
  }
}

const stale = new WeakMap<QueryClient, Set<string>>();

/** Has what begins with this name read again in a moment, once for a whole burst. */
function soon(cache: QueryClient, name: string): void {
  const names = stale.get(cache);
  if (names) {
    names.add(name);
    return;
  }
  const first = new Set([name]);
  stale.set(cache, first);
  setTimeout(() => {
    stale.delete(cache);
    for (const one of first) void cache.invalidateQueries({ queryKey: [one] });
  }, BURST);
}

/** Puts a message into the cache. */
export function apply(cache: QueryClient, message: LiveMessage): void {
  hear(message);
  switch (message.type) {
    case "job":
      tellJob(cache, message.job);
      return;
    case "balance":
      cache.setQueryData(["balance"], message.balance);
      return;
    case "notice":
      // How many were not read, and by whom, the server counts.
      soon(cache, "notices");
      return;
    case "reload":
      void cache.invalidateQueries();
      return;
    case "pong":
      return;
  }
}

/** What the feed needs from outside; tests bring their own. */
export type Ports = {
  ticket: () => Promise<{ url: string; ticket: string }>;
  socket: (address: string) => WebSocket;
  take: (message: LiveMessage) => void;
  /** The socket has opened for the first time: everything may have changed since it was read. */
  opened: () => void;
  /** The server does not want this person here: their rights may have changed. */
  refused: () => void;
};

const PORTS: Ports = {
  ticket: () => call(api.POST("/api/system/events/ticket")),
  socket: (address) => new WebSocket(address),
  take: (message) => apply(queryClient, message),
  opened: () => {
    for (const key of [["jobs"], ["balance"], ["notices"]]) void queryClient.invalidateQueries({ queryKey: key });
  },
  refused: () => void queryClient.invalidateQueries({ queryKey: ["me"] }),
};

/** Follows the feed until the returned function is called. */
export function follow(ports: Ports = PORTS): () => void {
  let stopped = false;
  let opening = false;
  let socket: WebSocket | undefined;
  let since: string | undefined;
  let tries = 0;
  /** When a sign of life was asked for last. */
  let asked = 0;
  let next: ReturnType<typeof setTimeout> | undefined;
  let answer: ReturnType<typeof setTimeout> | undefined;

  const later = (least = 0) => {
    if (stopped) return;
    clearTimeout(next);
    const wait = Math.min(WAIT[0] * 2 ** tries, WAIT[1]);
    tries += 1;
    // Spread, so that not all tabs come at once when the service is back.
    next = setTimeout(open, Math.max(least, wait / 2 + (Math.random() * wait) / 2));
  };

  /** Leaves a socket for another one. */
  const drop = (one: WebSocket) => {
    if (socket !== one) return;
    socket = undefined;
    clearTimeout(answer);
    // Also one that believes itself open; what it may still say is of no use.
    one.onmessage = null;
    one.close();
    useLive.setState({ open: false });
    later();
  };

  const expect = (one: WebSocket) => {
    clearTimeout(answer);
    answer = setTimeout(() => {
      // It opened just now and nobody answers on it: perhaps this person may not listen any more.
      if (one.readyState === WebSocket.OPEN && !useLive.getState().open) ports.refused();
      drop(one);
    }, PATIENCE);
  };

  /** Asks what was missed, and for a sign of life. */
  const ask = (one: WebSocket) => {
    asked = Date.now();
    one.send(JSON.stringify(since ? { type: "ping", since } : { type: "ping" }));
    expect(one);
  };

  const open = async () => {
    if (stopped || socket || opening) return;
    opening = true;
    clearTimeout(next);
    try {
      const { url, ticket } = await ports.ticket();
      if (!stopped) listen(ports.socket(`${url}?ticket=${encodeURIComponent(ticket)}`));
    } catch (error) {
      // Refused is not unreachable: asking again soon changes nothing.
      const status = error instanceof ApiError ? error.status : 0;
      if (status === 403 && !stopped) ports.refused();
      later(status >= 400 && status < 500 ? WAIT[1] : 0);
    } finally {
      opening = false;
    }
  };

  const listen = (one: WebSocket) => {
    socket = one;
    expect(one);
    one.onopen = () => {
      if (!since) ports.opened();
      ask(one);
    };
    one.onmessage = (event) => {
      const message = read(event.data);
      if (!message) return;
      if (!since || message.at > since) since = message.at;
      if (message.type === "pong") {
        // Only now is it known to carry both ways.
        clearTimeout(answer);
        tries = 0;
        useLive.setState({ open: true });
      }
      ports.take(message);
    };
    one.onclose = () => drop(one);
  };

  const isOld = (age: number) => Date.now() - asked >= age;
  /** The machine woke, the network is back, someone looks again: what stood still may be dead without knowing it. */
  const look = () => {
    if (document.visibilityState === "hidden") return;
    tries = 0;
    if (!socket) void open();
    else if (socket.readyState === WebSocket.OPEN && isOld(JUST_NOW)) ask(socket);
  };
  const offline = () => socket && drop(socket);
  const beat = setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN && isOld(PING)) ask(socket);
  }, BEAT);

  window.addEventListener("online", look);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", look);
  void open();
  return () => {
    stopped = true;
    window.removeEventListener("online", look);
    window.removeEventListener("offline", offline);
    document.removeEventListener("visibilitychange", look);
    for (const timer of [next, answer]) clearTimeout(timer);
    clearInterval(beat);
    if (socket) {
      socket.onmessage = null;
      socket.close();
    }
    socket = undefined;
    useLive.setState({ open: false });
  };
}

const TYPES = new Set(["job", "balance", "notice", "reload", "pong"]);

/** A message, or nothing for what we do not know (yet). */
function read(data: unknown): LiveMessage | undefined {
  try {
    const message: unknown = JSON.parse(String(data));
    const known = message && typeof message === "object" && "type" in message && TYPES.has(String(message.type));
    return known ? (message as LiveMessage) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Follows the feed of the tenant that the person is in. Not while their session has ended: the socket would go on telling
 * what they may not read.
 */
export function useLiveFeed(): void {
  const isIn = useSession((state) => state.status === "in");
  const tenant = useMe().data?.tenant.id;
  useEffect(() => (isIn && tenant ? follow() : undefined), [isIn, tenant]);
}
