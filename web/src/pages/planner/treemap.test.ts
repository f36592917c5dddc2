import { expect, it } from "vitest";
import { treemap } from "./treemap";

it("fills the whole picture, each by its share", () => {
  const values = [600, 300, 300, 200, 100, 50, 1];
  const boxes = treemap(values, 800, 300);
  const sum = values.reduce((total, value) => total + value, 0);
  boxes.forEach((box, index) => {
    expect(box.width * box.height).toBeCloseTo((240_000 * (values[index] ?? 0)) / sum, 3);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(800.001);
    expect(box.y + box.height).toBeLessThanOrEqual(300.001);
  });
  expect(treemap([], 10, 10)).toEqual([]);
});
