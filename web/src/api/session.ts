/**
 * Who is signed in. The access token lives in this tab (sessionStorage, so that a reload asks for no new one); the
 * refresh token in localStorage, so that a new tab is signed in too. Refresh tokens are for one use: a lock over all tabs
 * lets one of them refresh, or go over to another tenant, at a time. What it is answered it keeps only if the session that
 * it asked for is still the one that is stored.
 */
import { create } from "zustand";
import { ApiError } from "./problem";
import type { SignedIn } from "./types";

const STORED = "igny8.refresh";
const ACCESS = "igny8.access";
/** In which tenant this browser is: the refresh token, which all tabs share, is for one. */
const TENANT = "igny8.tenant";
/** The refresh that is under way: the token that it spends, and the key with which it may be repeated. */
const REFRESHING = "igny8.refreshing";
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

/** The tenant of what is on screen in this tab; none before the first answer. */
let here: string | undefined = access?.tenant;

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
  here = signed.tenant.id;
  const until = Date.now() + (signed.expires_in - MARGIN) * 1000;
  keep({ token: signed.access_token, until, tenant: signed.tenant.id });
  localStorage.setItem(TENANT, signed.tenant.id);
  localStorage.setItem(STORED, signed.refresh_token);
  localStorage.removeItem(REFRESHING);
  useSession.setState({ status: "in", email: signed.user.email });
  for (const one of waiting.splice(0)) one.resolve();
}

/** Forgets the session on this machine. */
export function leave(): void {
  keep(undefined);
  here = undefined;
  localStorage.removeItem(STORED);
  localStorage.removeItem(REFRESHING);
  for (const one of waiting.splice(0)) one.reject();
  useSession.setState({ status: "out", email: undefined });
}

export function refreshToken(): string | null {
  return stored();
}

/** What is on screen is of a tenant that this browser has left, in another tab. */
const isBehind = () => here !== undefined && here !== localStorage.getItem(TENANT);

/**
 * The key of the refresh of a token, the same until the token is another: when a reload or a lost connection swallows the
 * answer, the refresh is repeated with it, and the server answers the same once more.
 */
function repeatKey(token: string): string {
  const [spent, kept] = localStorage.getItem(REFRESHING)?.split(" ") ?? [];
  if (spent === token && kept) return kept;
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
  localStorage.setItem(REFRESHING, `${token} ${key.join("")}`);
  return key.join("");
}

async function refresh(): Promise<Refreshed> {
  const token = stored();
  if (!token) return useSession.getState().status === "out" ? "left" : "ended";
  if (isBehind()) return "left";
  try {
    const answer = await fetch("/api/auth/refresh", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": repeatKey(token) },
      body: JSON.stringify({ refresh_token: token }),
    });
    const signed = answer.ok ? ((await answer.json()) as SignedIn) : undefined;
    // Meanwhile someone has signed in or out, or gone over to another tenant: what is stored now is newer than this answer.
    if (stored() !== token) return await refresh();
    if (signed) {
      const was = here;
      enter(signed);
      if (!was || was === signed.tenant.id) return "done";
      // The person does not belong to the tenant of this page any more.
      location.assign("/");
      return "left";
    }
    return answer.status === 401 || answer.status === 422 ? "ended" : "unreachable";
  } catch {
    return "unreachable";
  }
}

/** `left`: this browser has signed out, or gone over to a tenant that this tab does not show. */
type Refreshed = "done" | "ended" | "left" | "unreachable";

let refreshing: Promise<Refreshed> | undefined;

/** Alone over all tabs; without the lock where the browser has none (a page that is not from a secure origin). */
async function locked<T>(work: () => Promise<T>): Promise<T> {
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

function left(): ApiError {
  const detail = "You have signed out or changed to another account in another tab. Load this page again to go on.";
  return new ApiError({ status: 401, code: "unauthenticated", detail });
}

/**
 * Has another session take the place of this one: `ask` gets the token of this one and answers the other. No tab refreshes
 * meanwhile: its answer could come last, and would put the session back that has ended here.
 */
export async function replaceSession(ask: (token: string) => Promise<SignedIn>): Promise<void> {
  // Before the lock, which a refresh needs too.
  const token = await bearer();
  await locked(async () => {
    if (!token || !stored() || isBehind()) throw left();
    enter(await ask(token));
  });
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
  if (result === "ended" || result === "left") leave();
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
    if (result === "left") throw left();
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
      // What is on screen is of the tenant that was left. Before the first answer there is nothing on screen, and a refresh
      // may be under way that must not be broken off.
      if (!here || here === event.newValue) return;
      keep(undefined);
      location.assign("/");
      return;
    }
    if (event.key !== STORED) return;
    if (event.newValue === null) leave();
    else if (useSession.getState().status === "out") location.reload();
  });
}
