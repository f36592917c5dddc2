import { expect, test } from "vitest";
import type { Usage } from "@/api/types";
import { byDay, byFunction } from "./sums";

const use = (created_at: string, name: string, credits: number): Usage => ({
  id: created_at,
  created_at,
  function: name,
  credits,
  job_id: "j",
  model: "m",
  tokens_in: 10,
  tokens_out: 5,
  cost_microcents: 0,
});

test("days without use are there too, the last one is today", () => {
  const uses = [use("2026-03-01T23:59:59Z", "generate_content", 3), use("2026-03-01T00:00:00Z", "auto_cluster", 1)];
  expect(byDay(uses, 3, new Date("2026-03-02T10:00:00Z"))).toEqual([
    { day: "2026-02-28", credits: 0 },
    { day: "2026-03-01", credits: 4 },
    { day: "2026-03-02", credits: 0 },
  ]);
});

test("functions are summed, the dearest first", () => {
  const uses = [use("a", "auto_cluster", 1), use("b", "generate_content", 3), use("c", "generate_content", 3)];
  expect(byFunction(uses).map(({ name, requests, credits, tokensIn }) => [name, requests, credits, tokensIn])).toEqual([
    ["generate_content", 2, 6, 20],
    ["auto_cluster", 1, 1, 10],
  ]);
});
