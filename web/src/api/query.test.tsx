import { focusManager, onlineManager, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { invalidate, queryClient, type Sight, useList } from "./query";

type Thing = { id: number; version: number };

/** Fifty things, ten to a page; a cursor is the last thing before. */
let server: Thing[];
/** The page's first thing that was asked for. */
let asked: (number | undefined)[];

beforeEach(() => {
  queryClient.clear();
  server = Array.from({ length: 50 }, (_, id) => ({ id, version: 1 }));
  asked = [];
});

async function page(cursor: string | undefined) {
  const last = cursor === undefined ? -1 : Number(cursor);
  const start = server.findIndex((one) => one.id > last);
  const items = start < 0 ? [] : server.slice(start, start + 10);
  asked.push(items[0]?.id);
  const end = items.at(-1);
  return { items, next_cursor: end && end !== server.at(-1) ? String(end.id) : null, total: server.length };
}

/** A list of all of it. */
async function whole() {
  const hook = renderHook(() => useList<Thing>("things", {}, page), {
    wrapper: ({ children }) => <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>,
  });
  const { result } = hook;
  for (const rows of [10, 20, 30, 40, 50]) {
    await waitFor(() => expect(result.current.rows.length).toBe(rows));
    // Twice, as a fast scroll does: the page is asked for once.
    act(() => {
      result.current.more();
      result.current.more();
    });
  }
  expect(asked).toEqual([0, 10, 20, 30, 40]);
  asked = [];
  const idle = () => waitFor(() => expect(queryClient.isFetching()).toBe(0));
  return {
    ...hook,
    see: (sight: Sight) => act(() => result.current.sees?.(sight)),
    versions: () => [0, 10, 20, 30, 40].map((at) => result.current.rows[at]?.version).join(""),
    /** The pages that are read again once this is done. */
    reads: async (work: () => void) => {
      asked = [];
      server = server.map((one) => ({ ...one, version: one.version + 1 }));
      act(work);
      await waitFor(() => expect(asked.length).toBeGreaterThan(0));
      await idle();
      return asked;
    },
  };
}

const focus = () => {
  void queryClient.invalidateQueries({ refetchType: "none" });
  focusManager.setFocused(false);
  focusManager.setFocused(true);
};

const reconnect = () => {
  void queryClient.invalidateQueries({ refetchType: "none" });
  onlineManager.setOnline(false);
  onlineManager.setOnline(true);
};

test("cards and columns do not tell what is in sight: all that was asked for is read again", async () => {
  const { result, reads } = await whole();
  expect(await reads(() => invalidate("things"))).toEqual([0, 10, 20, 30, 40]);
  expect(result.current.rows.length).toBe(50);
});

test.each([
  ["after a change", () => invalidate("things")],
  ["when the window is looked at again", focus],
  ["when the network is back", reconnect],
])("%s, what is in sight is read again, and what was not when it comes into sight", async (_, work) => {
  const { result, see, versions, reads } = await whole();
  see({ first: 22, last: 27 });
  // The first page is asked for its count alone.
  expect(await reads(work)).toEqual([0, 20]);
  expect(versions()).toBe("11211");
  expect(result.current.total).toBe(50);
  expect(result.current.hasMore).toBe(false);
  expect(await reads(() => result.current.sees?.({ first: 36, last: 41 }))).toEqual([0, 30, 40]);
  expect(versions()).toBe("11233");
  expect(await reads(() => result.current.sees?.({ first: 0, last: 5 }))).toEqual([0]);
  expect(versions()).toBe("41233");
});

test("where pages do not join any more, the list ends and goes on as one scrolls", async () => {
  const { result, see, reads } = await whole();
  see({ first: 12, last: 17 });
  server.splice(15, 1);
  expect(await reads(() => invalidate("things"))).toEqual([0, 10]);
  expect(result.current.rows.map((row) => row.id)).toEqual([...Array(21).keys()].filter((id) => id !== 15));
  expect([result.current.total, result.current.hasMore]).toEqual([49, true]);
  for (const rows of [30, 40, 49]) {
    act(() => result.current.more());
    await waitFor(() => expect(result.current.rows.length).toBe(rows));
  }
  expect(new Set(result.current.rows.map((row) => row.id)).size).toBe(49);
  expect(result.current.hasMore).toBe(false);
});
