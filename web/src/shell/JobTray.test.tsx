import { QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apply, useLive } from "@/api/live";
import { queryClient, useBalance } from "@/api/query";
import { enter } from "@/api/session";
import type { Balance, Job, SignedIn } from "@/api/types";
import { sayStarted } from "@/ui/jobActions";
import { ToastNotifications } from "@/ui/ToastNotifications";
import { JobTray } from "./JobTray";

const at = (second: number) => `2026-11-22T10:00:${String(second).padStart(2, "0")}.000Z`;

function job(id: number, second: number, status: Job["status"]): Job {
  const done = status === "succeeded" ? 1 : 0;
  const progress = { total: 1, done, failed: 0, cancelled: 0, phase: "prep" as const };
  const credits = { reserved: 0, charged: 0, refunded: 0 };
  const times = { created_at: at(0), updated_at: at(second) };
  return { id: `job-${id}`, function: "publish", site_id: null, status, total: 1, progress, credits, ...times };
}

/** Jobs as the server has them. */
let jobs: Job[];
let asked: string[];
/** Lets the answer of the balance go. */
let answerBalance: (balance: Balance) => void;

beforeEach(() => {
  queryClient.clear();
  asked = [];
  jobs = Array.from({ length: 30 }, (_, n) => job(99 - n, 1, "succeeded"));
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/api/billing/balance") {
      return Response.json(await new Promise<Balance>((answer) => (answerBalance = answer)));
    }
    const one = jobs.find((found) => pathname.endsWith(`/${found.id}`));
    if (one) return Response.json(one);
    return Response.json({ items: jobs.slice(0, 20), next_cursor: null });
  });
  enter({ access_token: "a", refresh_token: "r", expires_in: 900, tenant: { id: "t" }, user: {} } as SignedIn);
});

afterEach(() => {
  for (const button of screen.queryAllByRole("button", { name: "Close notice" })) fireEvent.click(button);
  vi.unstubAllGlobals();
});

function Tray({ children }: { children?: React.ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <MemoryRouter>
        <JobTray />
        <ToastNotifications />
        {children}
      </MemoryRouter>
    </QueryClientProvider>
  );
}

function Credits() {
  return <p>{`left ${useBalance().data?.available ?? "unknown"}`}</p>;
}

const change = (next: Job) => {
  jobs = jobs.map((one) => (one.id === next.id ? next : one));
};
const readAgain = () => act(() => queryClient.invalidateQueries({ queryKey: ["jobs"] }));

test("a job of long ago that is tried again is followed to its end, also where nothing is told", async () => {
  useLive.setState({ open: false });
  render(<Tray />);
  await waitFor(() => expect(queryClient.getQueryData(["jobs", "recent"])).toHaveLength(20));
  const again = job(75, 5, "running");
  change(again);
  act(() => apply(queryClient, { type: "job", at: at(5), job: again }));
  await readAgain();
  expect(asked.at(-1)).toBe("/api/system/jobs/job-75");
  change(job(75, 8, "succeeded"));
  await readAgain();
  await screen.findByText(/^Publish: 1 of 1 done/);
  await readAgain();
  expect(asked.at(-1)).toBe("/api/system/jobs");
});

test("a job that ends before it is known to have begun is told once, as ended", async () => {
  render(<Tray />);
  await waitFor(() => expect(queryClient.getQueryData(["jobs", "recent"])).toHaveLength(20));
  jobs = [job(100, 2, "succeeded"), ...jobs];
  act(() => apply(queryClient, { type: "job", at: at(2), job: job(100, 2, "succeeded") }));
  await screen.findByText(/^Publish: 1 of 1 done/);
  act(() => sayStarted("job-100", "Publish: started."));
  await readAgain();
  expect(screen.getAllByText(/^Publish: /)).toHaveLength(1);
  screen.getByText(/^Publish: 1 of 1 done/);
});

test("the balance that is told is newer than the one that was asked for before", async () => {
  const balance = (available: number): Balance => ({
    available,
    balance: available,
    reserved: 0,
    monthly: 0,
    bonus: 0,
    plan: "trial",
  });
  render(
    <Tray>
      <Credits />
    </Tray>,
  );
  await waitFor(() => expect(asked).toContain("/api/billing/balance"));
  act(() => apply(queryClient, { type: "balance", at: at(3), balance: balance(7) }));
  await screen.findByText("left 7");
  await act(async () => answerBalance(balance(9)));
  await waitFor(() => expect(queryClient.isFetching({ queryKey: ["balance"] })).toBe(0));
  screen.getByText("left 7");
});
