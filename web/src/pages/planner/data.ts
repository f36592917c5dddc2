/** What the planner's pages ask for: the clusters and sectors of a site, and how many rows are in which state. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Cluster, IdeaStatus, KeywordStatus, Sector } from "@/api/types";
import { number } from "@/lib/format";
import type { Option } from "@/ui/Field";

/** A page of a list; the most that the API gives at once. */
export const PAGE = 200;

/** The API lists clusters newest first only; up to this many are read and put in order here. */
export const MOST_CLUSTERS = 2000;

/** All clusters of a site, newest first; `whole` is false when there are more than were read. */
export function useClusters(site: string | undefined) {
  return useQuery({
    queryKey: ["clusters", "all", site],
    queryFn: async () => {
      const rows: Cluster[] = [];
      let cursor: string | undefined;
      do {
        const query = { site_id: site ?? "", limit: PAGE, cursor };
        const page = await call(api.GET("/api/planner/clusters", { params: { query } }));
        rows.push(...(page.items as Cluster[]));
        cursor = page.next_cursor ?? undefined;
      } while (cursor && rows.length < MOST_CLUSTERS);
      return { rows, whole: cursor === undefined };
    },
    enabled: site !== undefined,
    staleTime: 30_000,
  });
}

export function useCluster(id: string | undefined) {
  return useQuery({
    queryKey: ["clusters", "one", id],
    queryFn: () =>
      call(api.GET("/api/planner/clusters/{id}", { params: { path: { id: id ?? "" } } })) as Promise<Cluster>,
    enabled: id !== undefined,
  });
}

export function useSectors(site: string) {
  return useQuery({
    queryKey: ["sectors", site],
    queryFn: async () => {
      const params = { path: { id: site }, query: { limit: PAGE } };
      return (await call(api.GET("/api/auth/sites/{id}/sectors", { params }))).items as Sector[];
    },
    staleTime: 60_000,
  });
}

/** A figure of the server: nothing while it is loading, a dash when it cannot be had. */
export function figure(query: { data?: number; isError: boolean }): string | undefined {
  if (query.data !== undefined) return number(query.data);
  return query.isError ? "–" : undefined;
}

/** How many keywords of a site are in a state, by the server's count. */
export function useKeywordCount(site: string, status: KeywordStatus) {
  return useQuery({
    queryKey: ["keywords", "count", site, status],
    queryFn: async () => {
      const query = { site_id: site, status, count: true, limit: 1 };
      return (await call(api.GET("/api/planner/keywords", { params: { query } }))).total ?? 0;
    },
    staleTime: 30_000,
  });
}

export function useIdeaCount(site: string, status: IdeaStatus) {
  return useQuery({
    queryKey: ["ideas", "count", site, status],
    queryFn: async () => {
      const query = { site_id: site, status, count: true, limit: 1 };
      return (await call(api.GET("/api/planner/ideas", { params: { query } }))).total ?? 0;
    },
    staleTime: 30_000,
  });
}

/**
 * Clusters to choose one of, the largest first, and always the one that is chosen. They are searched here, among all that
 * were read: the API finds no clusters by name.
 */
export function clusterOptions(rows: Cluster[] | undefined, chosen: string | undefined): Option[] {
  const largest = [...(rows ?? [])].sort((a, b) => b.volume - a.volume || b.keyword_count - a.keyword_count);
  const options = largest.map(({ id, name }) => ({ id, name }));
  return chosen && !options.some((one) => one.id === chosen)
    ? [{ id: chosen, name: "The chosen cluster" }, ...options]
    : options;
}
