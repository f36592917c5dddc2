import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkLength, passwordHint, SHORTEST_PASSWORD } from "./password";

test("the rule is the server's", () => {
  const { schemas } = JSON.parse(readFileSync("../openapi.json", "utf8")).components;
  for (const name of ["RegisterInput", "ResetConfirmInput"]) {
    expect(schemas[name]?.properties.password.minLength, name).toBe(SHORTEST_PASSWORD);
  }
});

test("what is missing is said, counted by characters as people see them", () => {
  expect(passwordHint("")).toBe("At least 10 characters; a few words are good.");
  expect(passwordHint("1234567😀")).toBe("At least 10 characters: 2 more.");
  expect(passwordHint("1234567890")).toBe("At least 10 characters; a few words are good.");
  expect(() => checkLength("123456789")).toThrow("1 more character needed: a password has at least 10.");
  expect(() => checkLength("1234567890")).not.toThrow();
});
