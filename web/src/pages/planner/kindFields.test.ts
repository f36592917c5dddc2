import { expect, test } from "vitest";
import { withEntityType } from "./KindFields";

test("another kind takes a structure that fits it, and keeps one that does", () => {
  const guide = { cluster_id: "c", entity_type: "post", structure: "guide" };
  expect(withEntityType(guide, "product")).toEqual({
    cluster_id: "c",
    entity_type: "product",
    structure: "product_page",
  });
  expect(withEntityType(guide, "post")).toEqual(guide);
  expect(withEntityType({ ...guide, structure: "general" }, "page").structure).toBe("general");
});
