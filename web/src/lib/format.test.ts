import { expect, test } from "vitest";
import { moments } from "./format";

test("moments of the same minute are told apart by their seconds", () => {
  const at = (time: string) => `2026-11-22T${time}.000`;
  expect(moments([at("14:32:41"), at("14:32:07"), at("09:05:59")])).toEqual([
    "22 Nov, 14:32:41",
    "22 Nov, 14:32:07",
    "22 Nov, 09:05",
  ]);
});
