import { expect, test } from "vitest";
import type { Block } from "@/api/types";
import { localTime } from "../TaskForm";
import { peopleOf, tagsOf } from "./DetailsPanel";
import { sectionsOf } from "./Rewrite";

test("sections are known by the index of their heading", () => {
  const blocks: Block[] = [
    { type: "paragraph", text: "a" },
    { type: "heading", level: 2, text: "Oil &amp; filters" },
    { type: "heading", level: 3, text: "Below" },
  ];
  expect(sectionsOf(blocks).map(({ id, name }) => [id, name.trim()])).toEqual([
    ["1", "Oil & filters"],
    ["2", "Below"],
  ]);
});

test("who was deleted keeps a place as long as they are chosen", () => {
  const ana = { id: "a", name: "Ana" };
  expect(peopleOf([ana], "")).toEqual([ana]);
  expect(peopleOf([ana], "a")).toEqual([ana]);
  expect(peopleOf([ana], "b")).toEqual([ana, { id: "b", name: "Somebody who was deleted" }]);
});

test("tags are what stands between commas", () => {
  expect(tagsOf(" Oil change, ,Brakes,")).toEqual(["Oil change", "Brakes"]);
});

test("a moment goes into a field of the browser and comes back", () => {
  const iso = "2026-11-22T09:30:00.000Z";
  expect(new Date(localTime(iso)).toISOString()).toBe(iso);
  expect(localTime(null)).toBe("");
});
