import { expect, test } from "vitest";
import { facts } from "./PictureBench";

test("only what is known of a tried picture is told", () => {
  expect(facts({ width: 0, height: 0 })).toEqual([]);
  expect(facts({ width: 1536, height: 1024, took_ms: 4_240, cost_microcents: 4_000_000 })).toEqual([
    "1536 × 1024",
    "4.2 seconds",
    "$0.04",
  ]);
  expect(facts({ width: 8, height: 4, took_ms: 0, cost_microcents: 0 })).toEqual(["8 × 4", "0.0 seconds", "$0.00"]);
});
