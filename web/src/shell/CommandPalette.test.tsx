import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/query";
import { enter } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { useUi } from "@/lib/store";
import { CommandPalette } from "./CommandPalette";

const LISTS: Record<string, object[]> = {
  sites: [{ id: "site-1", name: "Taller Ana", workspace_id: null }],
  content: [{ id: "content-1", title: "All about brakes" }],
  keywords: [{ id: "keyword-1", keyword: "brakes" }],
};

beforeEach(() => {
  queryClient.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const list = new URL(request.url).pathname.split("/")[3] ?? "";
    if (list === "me") return Response.json({ tenant: { id: "t" }, tenants: [], role: "owner", flags: {} });
    return Response.json({ items: LISTS[list] ?? [], next_cursor: null });
  });
  enter({ access_token: "a", refresh_token: "r", expires_in: 900, tenant: { id: "t" }, user: {} } as SignedIn);
});

afterEach(() => vi.unstubAllGlobals());

test("what is found in the site is chosen by the keyboard, below the commands of that name", async () => {
  const router = createMemoryRouter([{ path: "*", element: <CommandPalette /> }]);
  render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  const user = userEvent.setup();
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByPlaceholderText("Search pages, actions and Taller Ana");
  await user.keyboard("keyw");
  expect((await screen.findAllByRole("menuitem")).map((item) => item.textContent)).toEqual([
    "PlannerKeywords",
    "ActionImport keywords",
  ]);
  await user.clear(screen.getByRole("searchbox"));
  await user.keyboard("brak");
  expect(screen.getByText("Searching…")).toBeTruthy();
  await screen.findByRole("menuitem", { name: /All about brakes/ });
  await user.keyboard("{Enter}");
  expect(router.state.location.pathname).toBe("/writer/content/content-1");
  expect(useUi.getState().paletteOpen).toBe(false);
});
