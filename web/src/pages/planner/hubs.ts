/** Clusters as hubs with their spokes, and what each of them has so far. */
import type { MappedCluster } from "@/api/types";

/** `volume` is that of the whole topic: the hub and all that supports it. */
export type Hub = { hub: MappedCluster; spokes: MappedCluster[]; volume: number };

const byVolume = (a: MappedCluster, b: MappedCluster) =>
  b.volume - a.volume || b.keyword_count - a.keyword_count || a.name.localeCompare(b.name);

/** Hubs by the searches of all that belongs to them, their spokes by their own; `rest` is what has no hub and is none. */
export function hubsOf(clusters: readonly MappedCluster[]): { hubs: Hub[]; rest: MappedCluster[] } {
  const known = new Map(clusters.map((one) => [one.id, one]));
  const spokes = new Map<string, MappedCluster[]>();
  for (const one of clusters) {
    // The map of a large site is cut: a spoke whose hub is not on it stands alone.
    if (one.hub_id && known.has(one.hub_id)) spokes.set(one.hub_id, [...(spokes.get(one.hub_id) ?? []), one]);
  }
  const hubs: Hub[] = [];
  const rest: MappedCluster[] = [];
  for (const one of clusters) {
    const own = spokes.get(one.id);
    if (own || one.page_type === "hub") {
      const volume = (own ?? []).reduce((total, { volume: more }) => total + more, one.volume);
      hubs.push({ hub: one, spokes: (own ?? []).sort(byVolume), volume });
    } else if (!one.hub_id || !known.has(one.hub_id)) rest.push(one);
  }
  hubs.sort((a, b) => b.volume - a.volume || byVolume(a.hub, b.hub));
  return { hubs, rest: rest.sort(byVolume) };
}

export type Cover = "public" | "written" | "idea" | "nothing";

/** How far a cluster has come. */
export function coverOf({ published, contents, ideas }: MappedCluster): Cover {
  if (published > 0) return "public";
  if (contents > 0) return "written";
  return ideas > 0 ? "idea" : "nothing";
}

/** The diameter of a bubble, so that its area is as the volume; a small one can still be seen. */
export function diameter(volume: number, most: number, largest: number, least = 10): number {
  return most > 0 ? Math.max(least, Math.round(largest * Math.sqrt(volume / most))) : least;
}
