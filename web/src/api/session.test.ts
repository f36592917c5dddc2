import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SignedIn } from "./types";

/** What the server answers to whoever signs in; the refresh token names the session and its turn. */
function signed(tenant: string, turn: number): SignedIn {
  return {
    access_token: `${tenant} access ${turn}`,
    refresh_token: `${tenant} refresh ${turn}`,
    token_type: "Bearer",
    expires_in: 900,
    role: "owner",
    tenant: { id: tenant },
    user: { email: "ana@example.com" },
  } as SignedIn;
}

type Session = typeof import("./session");

/** A tab: a module of its own, with the storage that all tabs share. */
async function openTab(): Promise<Session> {
  vi.resetModules();
  sessionStorage.clear();
  return await import("./session");
}

/** One holder at a time, as the browser's locks are over all tabs. */
function locks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_: string, work: () => Promise<unknown>) => {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** Refreshes that wait for their answer: the token that was sent, and how it is answered. */
let refreshes: { sent: string; answer: (signed: SignedIn | undefined) => void }[];

const stored = () => [localStorage.getItem("igny8.tenant"), localStorage.getItem("igny8.refresh")];
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function twoTabs(): Promise<[Session, Session]> {
  const [first, second] = [await openTab(), await openTab()];
  for (const tab of [first, second]) tab.enter(signed("one", 1));
  return [first, second];
}

beforeEach(() => {
  localStorage.clear();
  refreshes = [];
  vi.stubGlobal("fetch", async (_: string, { body }: { body: string }) => {
    const sent = JSON.parse(body).refresh_token;
    const found = await new Promise<SignedIn | undefined>((answer) => refreshes.push({ sent, answer }));
    return found ? Response.json(found) : new Response(null, { status: 401 });
  });
  Object.defineProperty(navigator, "locks", { value: locks(), configurable: true });
});

afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "locks");
});

test("a switch waits for the refresh that is under way in another tab, which then is behind", async () => {
  const [first, second] = await twoTabs();
  const token = first.bearer("one access 1");
  const ask = vi.fn(async () => signed("two", 1));
  const switched = second.replaceSession(ask);
  await settled();
  expect(ask).not.toHaveBeenCalled();
  refreshes[0]?.answer(signed("one", 2));
  expect(await token).toBe("one access 2");
  await switched;
  expect(stored()).toEqual(["two", "two refresh 1"]);

  // What is on screen in the first tab is of the tenant that was left: nothing is asked for it with the other's tokens.
  await expect(first.bearer("one access 2")).rejects.toThrow("another account");
  expect(refreshes).toHaveLength(1);
  expect(stored()).toEqual(["two", "two refresh 1"]);
  expect(await second.bearer()).toBe("two access 1");
});

test.each([signed("one", 2), undefined])("without locks, the late answer of a refresh is dropped", async (late) => {
  Reflect.deleteProperty(navigator, "locks");
  const [first, second] = await twoTabs();
  const token = first.bearer("one access 1");
  token.catch(() => undefined);
  await second.replaceSession(async () => signed("two", 1));
  refreshes[0]?.answer(late);
  await expect(token).rejects.toThrow("another account");
  expect(stored()).toEqual(["two", "two refresh 1"]);
  expect(first.useSession.getState().status).toBe("in");
});

test("a refresh that was overtaken by a sign-in elsewhere goes on with its token", async () => {
  const [first, second] = await twoTabs();
  const token = first.bearer("one access 1");
  await settled();
  second.enter(signed("one", 8));
  refreshes[0]?.answer(undefined);
  await settled();
  expect(refreshes[1]?.sent).toBe("one refresh 8");
  refreshes[1]?.answer(signed("one", 9));
  expect(await token).toBe("one access 9");
});

test("who signs out while a refresh is under way stays out", async () => {
  const [first] = await twoTabs();
  const token = first.bearer("one access 1");
  await settled();
  first.leave();
  refreshes[0]?.answer(signed("one", 2));
  await expect(token).rejects.toThrow("signed out");
  expect(stored()[1]).toBeNull();
  expect(first.useSession.getState().status).toBe("out");
});
