import { QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/query";
import { enter } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { CostDialog } from "./CostDialog";
import { spend } from "./spend";

const BODY = { task_ids: ["task-1"] };
const COST = {
  title: "Write articles",
  what: "Writes 1 article.",
  noun: "article",
  order: { path: "/api/writer/generate", body: BODY },
} as const;

/** What was sent to be started: the body and the key. */
let started: [unknown, string | null][];
let estimate: () => Response;
let answer: () => Promise<Response>;
const broken = () =>
  Response.json({ code: "internal", status: 500, title: "Broken", detail: "Not now." }, { status: 500 });

beforeEach(() => {
  started = [];
  estimate = () => Response.json({ credits: 3, items: 1 });
  answer = async () => Response.json({ job: { id: "job-1" } });
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/billing/balance") return Response.json({ available: 10, reserved: 0 });
    if (pathname === "/api/auth/me")
      return Response.json({ tenant: { id: "t" }, tenants: [], role: "owner", flags: {} });
    if (pathname !== "/api/writer/generate") return Response.json({ items: [] });
    if (searchParams.get("estimate")) return estimate();
    started.push([await request.json(), request.headers.get("idempotency-key")]);
    return await answer();
  });
  enter({ access_token: "a", refresh_token: "r", expires_in: 900, tenant: { id: "t" }, user: {} } as SignedIn);
});

afterEach(() => {
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

function open() {
  queryClient.clear();
  return render(
    <QueryClientProvider client={queryClient}>
      <MemoryRouter>
        <CostDialog />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

/** Loads the page again: what was mounted does not come to tidy up. */
function reload(view: ReturnType<typeof render>) {
  const kept = sessionStorage.getItem("igny8.cost");
  view.unmount();
  if (kept) sessionStorage.setItem("igny8.cost", kept);
  return open();
}

const ready = () => waitFor(() => expect(queryClient.getQueryData(["me"])).toBeDefined());
const dialog = () => screen.findByRole("alertdialog", { name: "Write articles" });

test("what the server warns of is read before, and stops nothing", async () => {
  const warnings = Array.from({ length: 7 }, (_, n) => `“Page ${n}” has a figure or quotation without a source.`);
  estimate = () => Response.json({ credits: 0, items: 7, warnings });
  open();
  await ready();
  act(() => spend(COST));
  expect(await screen.findByText(warnings[4] as string)).toBeDefined();
  expect(screen.queryByText(warnings[5] as string)).toBeNull();
  expect(screen.getByText("And 2 more warnings.")).toBeDefined();
  fireEvent.click(await screen.findByRole("button", { name: "Start, free" }));
  await waitFor(() => expect(started).toHaveLength(1));
});

test("a question that a reload has taken away is asked again, and what was sent is not started twice", async () => {
  const first = open();
  await ready();
  // The page goes before the answer comes.
  answer = () => new Promise(() => undefined);
  act(() => spend(COST));
  fireEvent.click(await screen.findByRole("button", { name: "Spend up to 3 credits" }));
  await waitFor(() => expect(started).toHaveLength(1));
  answer = async () => broken();
  const second = reload(first);
  expect((await dialog()).textContent).toContain("it is not started twice");
  fireEvent.click(await screen.findByRole("button", { name: "Spend up to 3 credits" }));
  await screen.findByText("Not now.");
  // It was refused: that is known again after the next reload.
  reload(second);
  expect((await dialog()).textContent).toContain("Nothing was started");
  answer = async () => Response.json({ job: { id: "job-1" } });
  fireEvent.click(await screen.findByRole("button", { name: "Spend up to 3 credits" }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(started.map(([body]) => body)).toEqual([BODY, BODY, BODY]);
  expect(new Set(started.map(([, key]) => key)).size).toBe(1);
  expect(sessionStorage.getItem("igny8.cost")).toBeNull();
});

test("whoever goes to another page is not followed by what nobody has agreed to", async () => {
  const first = open();
  await ready();
  act(() => spend(COST));
  await dialog();
  const kept = JSON.parse(sessionStorage.getItem("igny8.cost") ?? "{}");
  first.unmount();
  // Another address is loaded: the question was asked elsewhere.
  sessionStorage.setItem("igny8.cost", JSON.stringify({ ...kept, at: "/writer/tasks" }));
  const second = open();
  await ready();
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(sessionStorage.getItem("igny8.cost")).toBeNull();
  second.unmount();
  // What may have been started is told anywhere.
  sessionStorage.setItem("igny8.cost", JSON.stringify({ ...kept, at: "/writer/tasks", isSent: true }));
  open();
  expect((await dialog()).textContent).toContain("it is not started twice");
});

test("a cost that cannot be had is said, starts nothing, and is asked for again", async () => {
  estimate = broken;
  open();
  await ready();
  act(() => spend(COST));
  await screen.findByText("The cost is not known, so nothing is started.");
  fireEvent.click(screen.getByRole("button", { name: "Start" }));
  estimate = () => Response.json({ credits: 3, items: 1 });
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByRole("button", { name: "Spend up to 3 credits" });
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(started).toEqual([]);
  expect(sessionStorage.getItem("igny8.cost")).toBeNull();
});
