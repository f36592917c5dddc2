import { expect, test } from "vitest";
import { CURRENCIES, toSmallest, toUnits } from "./money";

test("amounts go to the smallest unit and back without a rounding error", () => {
  // In floating point, 19.99 * 100 is 1998.9999999999998.
  for (const [value, currency, amount] of [
    [19.99, "EUR", 1999],
    [0.07, "USD", 7],
    [1999, "JPY", 1999],
    [1.005, "KWD", 1005],
  ] as const) {
    expect(toSmallest(value, currency)).toBe(amount);
    expect(toUnits(amount, currency)).toBe(value);
  }
  expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
});
