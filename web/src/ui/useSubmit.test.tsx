import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useSubmit } from "./useSubmit";

test("a second press before the first is answered sends nothing; after a failure one may send again", async () => {
  let answer: (ok: boolean) => void = () => undefined;
  const submit = vi.fn(
    () => new Promise<void>((resolve, reject) => (answer = (ok) => (ok ? resolve() : reject(new Error("no"))))),
  );
  const { result } = renderHook(() => useSubmit(submit));
  const { send } = result.current;
  await act(async () => {
    const first = send();
    // Of the same picture, as the second press of a double-click is.
    expect(await send()).toBe(false);
    answer(false);
    expect(await first).toBe(false);
  });
  expect(submit).toHaveBeenCalledTimes(1);
  expect(result.current.error).toBeInstanceOf(Error);
  await act(async () => {
    const next = result.current.send();
    answer(true);
    expect(await next).toBe(true);
  });
  expect(submit).toHaveBeenCalledTimes(2);
});
