import { expect, test } from "vitest";
import { examplesOf, parsed } from "./variables";

test("examples can be read back, and what is wrong is said", () => {
  const variables = [{ name: "title", example: 'A "B"' }, { name: "list", example: [1] }, { name: "none" }];
  expect(parsed(examplesOf(variables)).value).toEqual({ title: 'A "B"', list: [1], none: null });
  expect(parsed("").value).toEqual({});
  expect(parsed("[1]").error).toBe("must be a JSON object");
  expect(parsed("{").error).toMatch(/^is not JSON/);
});
