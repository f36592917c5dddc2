import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { invalidate, queryClient, useList } from "./query";

test("a changed list is read again as far as it is in sight", async () => {
  const asked: (string | undefined)[] = [];
  const page = async (cursor: string | undefined) => {
    asked.push(cursor);
    const first = Number(cursor ?? 0);
    const items = Array.from({ length: 10 }, (_, n) => ({ id: String(first + n) }));
    return { items, next_cursor: first < 40 ? String(first + 10) : null, total: 50 };
  };
  const { result } = renderHook(() => useList("things", {}, page), {
    wrapper: ({ children }) => <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>,
  });
  for (const rows of [10, 20, 30, 40, 50]) {
    await waitFor(() => expect(result.current.rows.length).toBe(rows));
    // Twice, as a fast scroll does: the page is asked for once.
    act(() => {
      result.current.more();
      result.current.more();
    });
  }
  expect(asked.length).toBe(5);

  // Cards and columns do not tell what is in sight: nothing is taken away from who looks at them.
  asked.length = 0;
  act(() => invalidate("things"));
  await waitFor(() => expect(asked).toEqual([undefined, "10", "20", "30", "40"]));
  await waitFor(() => expect(queryClient.isFetching()).toBe(0));
  expect(result.current.rows.length).toBe(50);

  asked.length = 0;
  act(() => {
    result.current.sees?.(12);
    invalidate("things");
  });
  await waitFor(() => expect(asked).toEqual([undefined, "10"]));
  await waitFor(() => expect(result.current.rows.length).toBe(20));
  expect(result.current.hasMore).toBe(true);
  expect(result.current.total).toBe(50);
});
