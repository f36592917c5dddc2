import { expect, test } from "vitest";
import type { MappedCluster } from "@/api/types";
import { coverOf, diameter, hubsOf } from "./hubs";

const one = (id: string, part: Partial<MappedCluster> = {}): MappedCluster => ({
  id,
  name: id,
  page_type: "spoke",
  volume: 0,
  keyword_count: 0,
  ideas: 0,
  contents: 0,
  published: 0,
  ...part,
});

test("hubs stand with their spokes, by the searches of both; nothing is lost and nothing stands twice", () => {
  const clusters = [
    one("small", { page_type: "hub", volume: 50 }),
    one("a", { hub_id: "big", volume: 20 }),
    one("b", { hub_id: "big", volume: 30 }),
    one("big", { volume: 10 }),
    one("alone", { volume: 5 }),
    one("lost", { hub_id: "not on the map", volume: 7 }),
  ];
  const { hubs, rest } = hubsOf(clusters);
  expect(hubs.map(({ hub, spokes, volume }) => [hub.id, spokes.map(({ id }) => id), volume])).toEqual([
    ["big", ["b", "a"], 60],
    ["small", [], 50],
  ]);
  expect(rest.map(({ id }) => id)).toEqual(["lost", "alone"]);
  const drawn = [...hubs.flatMap(({ hub, spokes }) => [hub, ...spokes]), ...rest].map(({ id }) => id).sort();
  expect(drawn).toEqual(clusters.map(({ id }) => id).sort());
});

test("how far a cluster has come is the furthest of what it has", () => {
  expect(coverOf(one("x"))).toBe("nothing");
  expect(coverOf(one("x", { ideas: 2 }))).toBe("idea");
  expect(coverOf(one("x", { ideas: 2, contents: 1 }))).toBe("written");
  expect(coverOf(one("x", { contents: 1, published: 1 }))).toBe("public");
});

test("four times the searches are a bubble twice as wide, and none is too small to see", () => {
  expect([diameter(400, 400, 60), diameter(100, 400, 60), diameter(0, 400, 60), diameter(0, 0, 60)]).toEqual([
    60, 30, 10, 10,
  ]);
});
