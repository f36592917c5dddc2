import { expect, test } from "vitest";
import { rate } from "./words";

test("a rate is said in the largest unit that fits", () => {
  expect(rate(15)).toBe("15 minutes");
  expect(rate(60)).toBe("1 hour");
  expect(rate(90)).toBe("90 minutes");
  expect(rate(360)).toBe("6 hours");
  expect(rate(1440)).toBe("1 day");
  expect(rate(2160)).toBe("36 hours");
});
