/** Credits by day, from the ledger. */
import type { Transaction } from "@/api/types";

export type Day = {
  /** `2026-11-22`, as the person's clock has it. */
  day: string;
  /** Credits that were spent on this day; what came back is taken off. */
  spent: number;
  /** The balance at its end; unknown before the first entry that was read. */
  balance?: number;
};

export function dayOf(moment: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${pad(moment.getMonth() + 1)}-${pad(moment.getDate())}`;
}

/** The last `days` days up to today. `entries` are the newest of the ledger; `complete` when there are none before. */
export function history(entries: Transaction[], days: number, complete: boolean, now = new Date()): Day[] {
  const rows: Day[] = [];
  for (let back = days - 1; back >= 0; back -= 1) {
    rows.push({ day: dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - back)), spent: 0 });
  }
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const inOrder = [...entries].sort((a, b) => a.number - b.number);
  let before = complete ? 0 : undefined;
  const first = rows[0]?.day ?? "";
  for (const entry of inOrder) {
    const day = dayOf(new Date(entry.created_at));
    if (day < first) before = entry.balance_after;
    const row = byDay.get(day);
    if (!row) continue;
    if (entry.type === "charge" || entry.type === "refund") row.spent -= entry.amount;
    row.balance = entry.balance_after;
  }
  for (const row of rows) {
    row.balance ??= before;
    before = row.balance;
  }
  return rows;
}
