/** Sums of the usage log. */
import type { Usage } from "@/api/types";

export type DayUse = { day: string; credits: number };
export type FunctionUse = { name: string; requests: number; tokensIn: number; tokensOut: number; credits: number };

/** Credits of each day (UTC) up to today, also of those on which nothing was used. */
export function byDay(uses: Usage[], days: number, today: Date): DayUse[] {
  const sums = new Map<string, number>();
  for (const use of uses) {
    const day = use.created_at.slice(0, 10);
    sums.set(day, (sums.get(day) ?? 0) + use.credits);
  }
  return Array.from({ length: days }, (_, n) => {
    const day = new Date(today.getTime() - (days - 1 - n) * 86_400_000).toISOString().slice(0, 10);
    return { day, credits: sums.get(day) ?? 0 };
  });
}

/** What each function used, the dearest first. */
export function byFunction(uses: Usage[]): FunctionUse[] {
  const sums = new Map<string, FunctionUse>();
  for (const use of uses) {
    const sum = sums.get(use.function) ?? { name: use.function, requests: 0, tokensIn: 0, tokensOut: 0, credits: 0 };
    sum.requests += 1;
    sum.tokensIn += use.tokens_in;
    sum.tokensOut += use.tokens_out;
    sum.credits += use.credits;
    sums.set(use.function, sum);
  }
  return [...sums.values()].sort((a, b) => b.credits - a.credits || b.requests - a.requests);
}
