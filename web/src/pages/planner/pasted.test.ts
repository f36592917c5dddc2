import { expect, test } from "vitest";
import { linesOf } from "./lines";
import { isTable } from "./pasted";

test("a pasted table is told from a list", () => {
  expect(isTable("Top queries,Clicks\nduo,1")).toBe(true);
  expect(isTable('\n"Keyword"\tVolume\nduo\t1')).toBe(true);
  expect(isTable("paris, france\nlyon")).toBe(false);
  expect(isTable("keyword\nduo")).toBe(false);
});

test("lines without anything do not count", () => {
  expect(linesOf("brake pads\r\n\n  clutch \r")).toEqual(["brake pads", "clutch"]);
});
