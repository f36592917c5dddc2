import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that stays the same and does what the newest of its kind does: for what is made anew when it is given another. */
export function useStable<Args extends unknown[], Result>(newest: (...args: Args) => Result) {
  const now = useRef(newest);
  useLayoutEffect(() => {
    now.current = newest;
  });
  return useCallback((...args: Args): Result => now.current(...args), []);
}
