import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/query";
import { enter } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { useFound } from "./useFound";

/** What was asked for: the list, and what its names shall begin with. */
let asked: string[];
let isBroken: boolean;

beforeEach(() => {
  queryClient.clear();
  asked = [];
  isBroken = false;
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const [, , , list] = pathname.split("/");
    asked.push([list, searchParams.get("q")].filter(Boolean).join(" "));
    if (isBroken) return Response.json({ code: "internal", detail: "Not now.", status: 500 }, { status: 500 });
    const names: Record<string, string[]> = {
      keywords: ["brake pads", "brake discs"],
      clusters: ["Brakes", "Oil"],
      ideas: ["How to change brakes", "Which oil"],
      content: ["All about brakes"],
    };
    const items = (names[list ?? ""] ?? []).map((name, n) => ({
      id: `${list}-${n}`,
      keyword: name,
      name,
      title: name,
    }));
    return Response.json({ items, next_cursor: null });
  });
  enter({ access_token: "a", refresh_token: "r", expires_in: 900, tenant: { id: "t" }, user: {} } as SignedIn);
});

afterEach(() => vi.unstubAllGlobals());

const contains = (name: string, text: string) => name.toLowerCase().includes(text.toLowerCase());

const search = () =>
  renderHook(({ text }) => useFound("site-1", text, contains), {
    initialProps: { text: "" },
    wrapper: ({ children }) => <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>,
  });

test("each list is asked once for a pause in typing, and only the server's own search again", async () => {
  const { result, rerender } = search();
  for (const text of ["b", "br", "bra", "brak"]) rerender({ text });
  expect(result.current.state).toBe("searching");
  await waitFor(() => expect(result.current.state).toBe("done"));
  expect([...asked].sort()).toEqual(["clusters", "content", "ideas", "keywords brak"]);
  expect(result.current.found.map(({ group, text, to }) => [group, text, to])).toEqual([
    ["Content", "All about brakes", "/writer/content/content-0"],
    ["Cluster", "Brakes", "/planner/clusters?open=clusters-0"],
    ["Idea", "How to change brakes", "/planner/ideas?open=ideas-0"],
    ["Keyword", "brake pads", "/planner/keywords?q=brake%20pads"],
    ["Keyword", "brake discs", "/planner/keywords?q=brake%20discs"],
  ]);
  for (const text of ["brake", "brake p"]) rerender({ text });
  // What is known already is narrowed at once.
  expect(result.current.found.map(({ text }) => text)).toEqual(["brake pads"]);
  await waitFor(() => expect(result.current.state).toBe("done"));
  expect(asked.slice(4)).toEqual(["keywords brake p"]);
});

test("what could not be searched is said", async () => {
  isBroken = true;
  const { result, rerender } = search();
  rerender({ text: "brakes" });
  await waitFor(() => expect(result.current.state).toBe("failed"));
  expect(result.current).toMatchObject({ found: [], error: { message: "Not now." } });
  rerender({ text: "b" });
  expect(result.current.state).toBe("off");
});
