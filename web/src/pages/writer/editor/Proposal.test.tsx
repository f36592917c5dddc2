import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/query";
import { enter } from "@/api/session";
import type { ContentView, SignedIn } from "@/api/types";
import { ProposalBanner } from "./Proposal";

const content = { id: "c", version: 7 } as ContentView;
const place = (at: number, mine: string, fresh: string) => ({
  at,
  base: [],
  mine: [{ type: "paragraph", text: mine }],
  new: [{ type: "paragraph", text: fresh }],
});
const proposal = {
  content_id: "c",
  number: 3,
  note: "The AI wrote it anew",
  job_id: "j",
  created_at: "2026-11-22T10:00:00.000Z",
  version: 7,
  blocks: [],
  conflicts: [place(0, "My first", "Their first"), place(2, "My second", "Their second")],
};

let sent: { path: string; version: string | null; body: unknown }[];

beforeEach(() => {
  queryClient.clear();
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return Response.json({ proposal });
    const { pathname: path } = new URL(request.url);
    sent.push({ path, version: request.headers.get("if-match"), body: await request.json() });
    return Response.json({ ...content, version: 8 });
  });
  enter({ access_token: "a", refresh_token: "r", expires_in: 900, tenant: { id: "t" }, user: {} } as SignedIn);
});
afterEach(() => vi.unstubAllGlobals());

test("each place has a choice of its own, mine unless told, of the proposal and the version that were looked at", async () => {
  const taken = vi.fn();
  render(
    <QueryClientProvider client={queryClient}>
      <ProposalBanner content={content} dirty={false} readOnly={false} taken={taken} />
    </QueryClientProvider>,
  );
  expect((await screen.findByRole("status")).textContent).toContain("2 places that you changed too wait");
  fireEvent.click(screen.getByRole("button", { name: "Look at it" }));
  expect(screen.getByText("My first")).toBeTruthy();
  expect(screen.getByText("Their second")).toBeTruthy();
  const [, second] = screen.getAllByRole("radio", { name: "Keep both" });
  fireEvent.click(second as HTMLElement);
  fireEvent.click(screen.getByRole("button", { name: "Take it over" }));
  await waitFor(() => expect(taken).toHaveBeenCalledWith({ id: "c", version: 8 }));
  expect(sent).toEqual([
    { path: "/api/writer/content/c/proposal/3", version: '"7"', body: { choices: ["mine", "both"] } },
  ]);
});

test("who has not saved, or may only read, is not asked to choose", async () => {
  const { rerender } = render(
    <QueryClientProvider client={queryClient}>
      <ProposalBanner content={content} dirty readOnly={false} taken={() => undefined} />
    </QueryClientProvider>,
  );
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: "Save first" });
  expect(button.disabled).toBe(true);
  rerender(
    <QueryClientProvider client={queryClient}>
      <ProposalBanner content={content} dirty readOnly taken={() => undefined} />
    </QueryClientProvider>,
  );
  expect(screen.queryByRole("status")).toBeNull();
});
