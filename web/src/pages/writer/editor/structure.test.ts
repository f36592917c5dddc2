import { expect, test } from "vitest";
import { errorIn, linesOfData } from "./structure";

test("data is compared by what a person reads", () => {
  const data = {
    kind: "product",
    schema_version: 1,
    price: { amount: 1999, currency: "EUR" },
    specs: [
      { name: "Weight", value: "1 kg" },
      { name: "Axle", value: "" },
    ],
  } as const;
  expect(linesOfData({ ...data, specs: [...data.specs] })).toBe(
    "Price amount: 1999\nPrice currency: EUR\nSpecs 1 name: Weight\nSpecs 1 value: 1 kg\nSpecs 2 name: Axle",
  );
  expect(linesOfData(undefined)).toBe("");
});

test("an error in a list says which entry", () => {
  expect(errorIn({ "structure_data.area_served[1]": "has 300 characters" }, "area_served")).toBe(
    "Entry 2: has 300 characters",
  );
  expect(errorIn({ "structure_data.area": "x" }, "area_served")).toBeUndefined();
});
