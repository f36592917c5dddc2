/** How wide the window is, in Tailwind's steps: for what is not to be made at all where it has no room. */
import { useSyncExternalStore } from "react";

const STEPS = ["sm", "md", "lg", "xl", "2xl"] as const;
const REM = { sm: 40, md: 48, lg: 64, xl: 80, "2xl": 96 };

/** The widest step that the window reaches; `base` is a phone. */
export type Width = "base" | (typeof STEPS)[number];

/** One value, or what holds from each of these widths on. */
export type ByWidth<Value> = Value | Partial<Record<Width, Value>>;

let queries: { step: Width; query: MediaQueryList }[] | undefined;

function steps() {
  queries ??= STEPS.map((step) => ({ step, query: window.matchMedia(`(width >= ${REM[step]}rem)`) }));
  return queries;
}

function subscribe(changed: () => void): () => void {
  for (const { query } of steps()) query.addEventListener("change", changed);
  return () => {
    for (const { query } of steps()) query.removeEventListener("change", changed);
  };
}

const current = (): Width => steps().findLast(({ query }) => query.matches)?.step ?? "base";

export function useWidth(): Width {
  return useSyncExternalStore(subscribe, current);
}

/** What holds at this width: of the steps that are given, the widest that is reached. */
export function at<Value extends number>(width: Width, given: ByWidth<Value>): Value | undefined {
  if (typeof given !== "object") return given;
  const reached = (["base", ...STEPS] as const).slice(0, STEPS.indexOf(width as (typeof STEPS)[number]) + 2);
  return reached.reduceRight<Value | undefined>((found, step) => found ?? given[step], undefined);
}
