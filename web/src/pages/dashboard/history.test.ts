import { expect, test } from "vitest";
import type { Transaction } from "@/api/types";
import { history } from "./history";

const entry = (number: number, day: string, type: Transaction["type"], amount: number, balance_after: number) =>
  ({ number, type, amount, balance_after, created_at: `${day}T12:00:00` }) as Transaction;

const now = new Date("2026-11-22T15:00:00");

test("a day's balance is that of its last entry and lasts until the next; what came back is not spent", () => {
  const newestFirst = [
    entry(5, "2026-11-22", "refund", 3, 90),
    entry(4, "2026-11-22", "charge", -8, 87),
    entry(3, "2026-11-20", "charge", -5, 95),
    entry(2, "2026-11-18", "grant", 50, 100),
    entry(1, "2026-11-01", "grant", 50, 50),
  ];
  expect(history(newestFirst, 5, true, now)).toEqual([
    { day: "2026-11-18", spent: 0, balance: 100 },
    { day: "2026-11-19", spent: 0, balance: 100 },
    { day: "2026-11-20", spent: 5, balance: 95 },
    { day: "2026-11-21", spent: 0, balance: 95 },
    { day: "2026-11-22", spent: 5, balance: 90 },
  ]);
});

test("before the first entry the balance was nothing, or is unknown when older entries were not read", () => {
  const entries = [entry(9, "2026-11-22", "charge", -1, 24)];
  expect(history(entries, 2, true, now)[0]?.balance).toBe(0);
  expect(history(entries, 2, false, now)[0]?.balance).toBeUndefined();
});
