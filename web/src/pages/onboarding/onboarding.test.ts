import { expect, test } from "vitest";
import { isTable, linesOf } from "./pasted";
import { stepOf } from "./progress";

test("a setup goes on where it was left, but never past a site that does not exist", () => {
  expect(stepOf(null, undefined, false)).toBe("welcome");
  expect(stepOf(null, "keywords", true)).toBe("keywords");
  expect(stepOf(null, "keywords", false)).toBe("site");
  expect(stepOf("destination", "keywords", true)).toBe("destination");
  expect(stepOf("nonsense", "site", false)).toBe("site");
});

test("lines keep their numbers, and a pasted table is told from a list", () => {
  expect(linesOf("brake pads\r\n\n  clutch ")).toEqual([
    { line: 1, text: "brake pads" },
    { line: 3, text: "clutch" },
  ]);
  expect(isTable("Top queries,Clicks\nduo,1")).toBe(true);
  expect(isTable('\n"Keyword"\tVolume\nduo\t1')).toBe(true);
  expect(isTable("paris, france\nlyon")).toBe(false);
  expect(isTable("keyword\nduo")).toBe(false);
});
