import { expect, test } from "vitest";
import type { Keyword } from "@/api/types";
import { changeOf } from "./KeywordForms";
import { undoOf } from "./keywordActions";

const row = (id: string, part: Partial<Keyword>): Keyword =>
  ({ id, keyword: id, status: "new", version: 1, ...part }) as Keyword;

test("what is left alone in the form is not changed, and what is taken away is null", () => {
  const empty = { intent: "", sector: "", volume: Number.NaN, difficulty: Number.NaN, cpc: Number.NaN };
  expect(changeOf(empty)).toEqual({});
  expect(changeOf({ ...empty, intent: "none", difficulty: 0 })).toEqual({ intent: null, difficulty: 0 });
  expect(changeOf({ ...empty, intent: "commercial", sector: "s", cpc: 1.25 })).toEqual({
    intent: "commercial",
    sector_id: "s",
    cpc: 1.25,
  });
});

test("undo gives each keyword what it had, those that were alike in one request", () => {
  const rows = [
    row("a", { intent: "commercial", cpc_cents: 125 }),
    row("b", {}),
    row("c", { intent: "commercial", cpc_cents: 125, volume: 7 }),
  ];
  expect(undoOf(rows, { intent: "informational", cpc: 2 })).toEqual([
    { change: { intent: "commercial", cpc: 1.25 }, ids: ["a", "c"] },
    { change: { intent: null, cpc: null }, ids: ["b"] },
  ]);
  expect(undoOf(rows, { cluster_id: "x" })).toEqual([{ change: { cluster_id: null }, ids: ["a", "b", "c"] }]);
});
