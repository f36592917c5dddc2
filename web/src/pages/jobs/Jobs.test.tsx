import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/query";
import { enter } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { Jobs } from "./Jobs";

afterEach(() => vi.unstubAllGlobals());

/** How the server answers for a site that is gone, and for what is no id. */
const GONE = { code: "not_found", status: 404, title: "", detail: "There is no such site." };
const NO_ID = {
  code: "invalid",
  status: 422,
  title: "",
  detail: "",
  errors: [{ field: "site_id", message: "is no id" }],
};

test.each([GONE, NO_ID])("jobs of a site that is not there say so, with the way to all sites", async (problem) => {
  queryClient.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    if (new URL(request.url).searchParams.get("site_id")) return Response.json(problem, { status: problem.status });
    return Response.json({ items: [], next_cursor: null, total: 0 });
  });
  enter({ access_token: "a", refresh_token: "r", expires_in: 900, tenant: { id: "t" }, user: {} } as SignedIn);
  const router = createMemoryRouter([{ path: "/jobs", element: <Jobs /> }], { initialEntries: ["/jobs?site=gone"] });
  render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  await screen.findByText("This site is not here");
  screen.getByRole("button", { name: "All sites" }).click();
  await screen.findByText("No jobs yet");
  expect(router.state.location.search).toBe("");
});
