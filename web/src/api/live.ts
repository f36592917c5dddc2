/**
 * The live feed: one WebSocket per tab, opened by a ticket, whose messages go into the query cache. It comes back by itself
 * and asks for what it missed. While it is closed, the queries poll as they would without it.
 */
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";
import { api, call } from "./client";
import { ApiError } from "./problem";
import { queryClient, useMe } from "./query";
import type { Job, LiveMessage, Notice } from "./types";

/** API Gateway closes what is silent for ten minutes. */
const PING = 3 * 60_000;
/** How long an answer to a ping may take; without one the socket is dead, whatever it says. */
const PATIENCE = 20_000;
/** The first and the longest wait before the next try. */
const WAIT = [1_000, 60_000] as const;
/** How many of the newest jobs the tray knows. */
const RECENT = 20;

/** Whether news comes by itself; where it does not, ask. */
export const useLive = create<{ open: boolean }>(() => ({ open: false }));

/** The notices that were not read: the newest of them, and how many there are. */
export type Unread = { items: Notice[]; total: number };

/** Passes over what is older than what is there: a state that was asked for may be newer than one that was told. */
function newer(job: Job, known: Job): boolean {
  return job.updated_at >= known.updated_at;
}

/** Puts a message into the cache. */
export function apply(cache: QueryClient, message: LiveMessage): void {
  switch (message.type) {
    case "job": {
      const { job } = message;
      cache.setQueryData<Job[]>(["jobs", "recent"], (rows) => {
        if (!rows) return rows;
        const known = rows.find((row) => row.id === job.id);
        if (!known) return [job, ...rows].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, RECENT);
        return newer(job, known) ? rows.map((row) => (row.id === job.id ? job : row)) : rows;
      });
      cache.setQueryData<Job>(["jobs", job.id], (known) =>
        known && newer(job, known) ? { ...job, items: known.items } : known,
      );
      // Its items are not in the message: who looks at them reads them again.
      void cache.invalidateQueries({ queryKey: ["jobs", job.id] });
      return;
    }
    case "balance":
      cache.setQueryData(["balance"], message.balance);
      return;
    case "notice": {
      const { notice } = message;
      cache.setQueryData<Unread>(["notices", "unread"], (unread) => {
        if (!unread || notice.read || unread.items.some((one) => one.id === notice.id)) return unread;
        return { items: [notice, ...unread.items], total: unread.total + 1 };
      });
      void cache.invalidateQueries({ queryKey: ["notices", "list"] });
      return;
    }
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
  /** The socket has opened for the first time, or after so long that everything may have changed. */
  opened: () => void;
};

const PORTS: Ports = {
  ticket: () => call(api.POST("/api/system/events/ticket")),
  socket: (address) => new WebSocket(address),
  take: (message) => apply(queryClient, message),
  opened: () => {
    for (const key of [["jobs"], ["balance"], ["notices"]]) void queryClient.invalidateQueries({ queryKey: key });
  },
};

/** Follows the feed until the returned function is called. */
export function follow(ports: Ports = PORTS): () => void {
  let stopped = false;
  let socket: WebSocket | undefined;
  let since: string | undefined;
  let tries = 0;
  let next: ReturnType<typeof setTimeout> | undefined;
  let ping: ReturnType<typeof setInterval> | undefined;
  let answer: ReturnType<typeof setTimeout> | undefined;

  const later = (least = 0) => {
    if (stopped) return;
    clearTimeout(next);
    const wait = Math.min(WAIT[0] * 2 ** tries, WAIT[1]);
    tries += 1;
    // Spread, so that not all tabs come at once when the service is back.
    next = setTimeout(open, Math.max(least, wait / 2 + (Math.random() * wait) / 2));
  };

  const ended = (one: WebSocket) => {
    if (socket !== one) return;
    socket = undefined;
    clearInterval(ping);
    clearTimeout(answer);
    useLive.setState({ open: false });
    later();
  };

  /** Asks what was missed, and for a sign of life. */
  const ask = (one: WebSocket) => {
    one.send(JSON.stringify(since ? { type: "ping", since } : { type: "ping" }));
    clearTimeout(answer);
    answer = setTimeout(() => {
      one.close();
      ended(one);
    }, PATIENCE);
  };

  const open = async () => {
    if (stopped || socket) return;
    let address: string;
    try {
      const { url, ticket } = await ports.ticket();
      address = `${url}?ticket=${encodeURIComponent(ticket)}`;
    } catch (error) {
      // Refused is not unreachable: asking again soon changes nothing.
      later(error instanceof ApiError && error.status >= 400 && error.status < 500 ? WAIT[1] : 0);
      return;
    }
    if (stopped || socket) return;
    const one = ports.socket(address);
    socket = one;
    one.onopen = () => {
      if (!since) ports.opened();
      ask(one);
      ping = setInterval(() => ask(one), PING);
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
    one.onclose = () => ended(one);
  };

  const online = () => {
    tries = 0;
    clearTimeout(next);
    void open();
  };
  window.addEventListener("online", online);
  void open();
  return () => {
    stopped = true;
    window.removeEventListener("online", online);
    for (const timer of [next, answer]) clearTimeout(timer);
    clearInterval(ping);
    socket?.close();
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

/** Follows the feed of the tenant that the person is in. */
export function useLiveFeed(): void {
  const tenant = useMe().data?.tenant.id;
  useEffect(() => (tenant ? follow() : undefined), [tenant]);
}
