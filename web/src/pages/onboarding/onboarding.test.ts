import { expect, test } from "vitest";
import { stepOf } from "./progress";

test("a setup goes on where it was left, but never past a site that does not exist", () => {
  expect(stepOf(null, undefined, false)).toBe("welcome");
  expect(stepOf(null, "keywords", true)).toBe("keywords");
  expect(stepOf(null, "keywords", false)).toBe("site");
  expect(stepOf("destination", "keywords", true)).toBe("destination");
  expect(stepOf("nonsense", "site", false)).toBe("site");
});
