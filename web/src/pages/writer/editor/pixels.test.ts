import { expect, test } from "vitest";
import { DESCRIPTION, measured, pixels, shown, TITLE } from "./pixels";

test("widths are those of Helvetica", () => {
  // 10 signs of 556, and 278 for a space.
  expect(pixels("aaaaaaaaaa", 20)).toBe(111);
  expect(pixels("i i", 20)).toBe(Math.round(((222 + 278 + 222) * 20) / 1000));
  expect(pixels("WWW", 20)).toBe(57);
  expect(pixels("@~", 10)).toBe(16);
});

test("accents take no room, and signs of the East a square", () => {
  expect(pixels("é", 20)).toBe(pixels("e", 20));
  expect(pixels("e\u0301", 20)).toBe(pixels("e", 20));
  expect(pixels("机油", 20)).toBe(40);
  expect(pixels("Ø", 20)).toBe(16);
});

test("what is too wide is cut after a word", () => {
  const fits = "How to change brake pads at home";
  expect(shown(fits, TITLE)).toBe(fits);
  const long = "How to change the brake pads of your car at home, safely, step by step and without a lift";
  const cut = shown(long, TITLE);
  expect(cut).toMatch(/^How to change the brake pads .*[a-z,] …$/);
  expect(pixels(cut, TITLE.size)).toBeLessThanOrEqual(TITLE.most);
  const endless = shown("W".repeat(300), DESCRIPTION);
  expect(pixels(endless, DESCRIPTION.size)).toBeLessThanOrEqual(DESCRIPTION.most);
  expect(endless.endsWith("W…")).toBe(true);
});

test("it says how wide a text is, and from where it is cut", () => {
  const wide = (count: number) => measured("n".repeat(count), TITLE);
  expect(wide(10)).toBe("111 of 580 pixels");
  expect(wide(53)).toBe("589 of 580 pixels: search engines may cut it");
  expect(wide(60)).toBe("667 of 580 pixels: search engines cut it");
});
