/**
 * Who is signed in. The access token lives in this tab (sessionStorage, so that a reload asks for no new one); the
 * refresh token in localStorage, so that a new tab is signed in too. Refresh tokens are for one use: a lock over all tabs
 * lets one of them refresh at a time, with the token that is newest then.
 */
import { create } from "zustand";
import type { SignedIn } from "./types";

const STORED = "igny8.refresh";
const ACCESS = "igny8.access";
/** In which tenant this browser is: the refresh token, which all tabs share, is for one. */
const TENANT = "igny8.tenant";
/** Seconds before its end at which an access token is no longer used. */
const MARGIN = 30;

type Access = { token: string; until: number; tenant: string };

type State = {
  /** `unknown` until the first refresh was tried; `expired`: someone was here and must sign in again. */
  status: "unknown" | "in" | "out" | "expired";
  /** Whose data may stay on screen while they sign in again. */
  email?: string;
};

export const useSession = create<State>(() => ({ status: "unknown" }));

let access: Access | undefined = kept();

/** What this tab had before it was loaded again; nothing when another tab has gone over to another tenant meanwhile. */
function kept(): Access | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem(ACCESS) ?? "null") as Access | null;
    const isHere = (found?.tenant ?? null) === localStorage.getItem(TENANT);
    return found && isHere && found.until > Date.now() ? found : undefined;
  } catch {
    return undefined;
  }
}

function keep(next: Access | undefined): void {
  access = next;
  if (next) sessionStorage.setItem(ACCESS, JSON.stringify(next));
  else sessionStorage.removeItem(ACCESS);
}

const waiting: { resolve: () => void; reject: () => void }[] = [];

function stored(): string | null {
  return localStorage.getItem(STORED);
}

/** Keeps what a sign-in, a switch or a refresh answered, and lets waiting requests go on. */
export function enter(signed: SignedIn): void {
  const until = Date.now() + (signed.expires_in - MARGIN) * 1000;
  keep({ token: signed.access_token, until, tenant: signed.tenant.id });
  localStorage.setItem(TENANT, signed.tenant.id);
  localStorage.setItem(STORED, signed.refresh_token);
  useSession.setState({ status: "in", email: signed.user.email });
  for (const one of waiting.splice(0)) one.resolve();
}

/** Forgets the session on this machine. */
export function leave(): void {
  keep(undefined);
  localStorage.removeItem(STORED);
  for (const one of waiting.splice(0)) one.reject();
  useSession.setState({ status: "out", email: undefined });
}

export function refreshToken(): string | null {
  return stored();
}

async function refresh(): Promise<Refreshed> {
  const token = stored();
  if (!token) return "ended";
  try {
    const answer = await fetch("/api/auth/refresh", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refresh_token: token }),
    });
    if (answer.ok) {
      enter((await answer.json()) as SignedIn);
      return "done";
    }
    return answer.status === 401 || answer.status === 422 ? "ended" : "unreachable";
  } catch {
    return "unreachable";
  }
}

type Refreshed = "done" | "ended" | "unreachable";

let refreshing: Promise<Refreshed> | undefined;

/** Alone over all tabs; without the lock where the browser has none (a page that is not from a secure origin). */
async function locked(work: () => Promise<Refreshed>): Promise<Refreshed> {
  return navigator.locks ? await navigator.locks.request("igny8-refresh", work) : await work();
}

/** One refresh at a time, in this tab and over all. */
function refreshOnce(): Promise<Refreshed> {
  if (refreshing) return refreshing;
  refreshing = locked(refresh).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

/** Tries to continue the stored session when the page is opened. */
export async function resume(): Promise<void> {
  if (useSession.getState().status !== "unknown") return;
  if (access && stored()) {
    useSession.setState({ status: "in" });
    return;
  }
  keep(undefined);
  const result = await refreshOnce();
  if (result === "ended") leave();
  if (result === "unreachable") useSession.setState({ status: "in" });
}

/**
 * The token for the next request; none when nobody is signed in. When the session has ended, waits until the person has
 * signed in again, so that a form that is being sent is not lost. `spent` is a token that the server refused.
 */
export async function bearer(spent?: string): Promise<string | undefined> {
  if (access && access.token !== spent && access.until > Date.now()) return access.token;
  const { status } = useSession.getState();
  if (status === "out") return undefined;
  if (status !== "expired") {
    const result = await refreshOnce();
    if (result === "done" && access) return access.token;
    if (result === "unreachable") throw new TypeError("no connection");
    keep(undefined);
    useSession.setState({ status: "expired" });
  }
  await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
  return access?.token;
}

/** A sign-in, a sign-out or a switch to another tenant in another tab holds here too. */
export function watchOtherTabs(): void {
  window.addEventListener("storage", (event) => {
    if (event.key === TENANT) {
      // The next refresh would be for the other tenant, and what is on screen is of the one that was left. Without a token
      // nothing is on screen yet, and a refresh may be under way that must not be broken off.
      if (!access?.tenant || access.tenant === event.newValue) return;
      keep(undefined);
      location.assign("/");
      return;
    }
    if (event.key !== STORED) return;
    if (event.newValue === null) leave();
    else if (useSession.getState().status === "out") location.reload();
  });
}
