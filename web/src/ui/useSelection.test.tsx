import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useSelection } from "./useSelection";

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

function choosing(...ids: string[]) {
  const first = { rows: rows("a", "b", "c", "d"), view: "all" };
  const hook = renderHook(({ rows, view }) => useSelection(rows, view), { initialProps: first });
  act(() => hook.result.current.selection.set(new Set(ids)));
  const chosen = () => {
    const { chosen, selection } = hook.result.current;
    const found = chosen.map((row) => row.id);
    expect([...selection.ids]).toEqual(found);
    return found.join("");
  };
  return { ...hook, chosen, run: () => hook.result.current.run };
}

test("what is chosen is among the rows that one sees, and of the filters in force", () => {
  const { rerender, chosen } = choosing("a", "c", "d");
  expect(chosen()).toBe("acd");
  // The list was cut, and one of them deleted.
  rerender({ rows: rows("a", "b"), view: "all" });
  expect(chosen()).toBe("a");
  rerender({ rows: rows("a", "b", "d"), view: "all" });
  expect(chosen()).toBe("ad");
  rerender({ rows: rows("a", "b", "d"), view: "new" });
  expect(chosen()).toBe("");
});

test("what is still to be dealt with stays chosen, and what was not tried", async () => {
  const { result, chosen, run } = choosing("a", "b", "c");
  await act(() => run()(async (tried) => new Set([tried[0]?.id ?? ""]), rows("a", "b")));
  expect(chosen()).toBe("ac");
  await act(() => run()(async (tried) => new Set(tried.length === 2 ? [] : ["a"])));
  expect(chosen()).toBe("");
  expect(result.current.busy).toBe(false);
});

test("a throw leaves nothing dead, and all of it chosen", async () => {
  const { result, chosen, run } = choosing("a", "b");
  let fail: () => void = () => undefined;
  let done: Promise<void> | undefined;
  act(() => {
    done = run()(() => new Promise((_, reject) => (fail = () => reject(new Error("no")))));
  });
  expect(result.current.busy).toBe(true);
  await act(async () => {
    fail();
    await done;
  });
  expect(result.current.busy).toBe(false);
  expect(chosen()).toBe("ab");
});
