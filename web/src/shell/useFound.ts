/**
 * What of a site has a text in its name. Keywords the server finds, by how they begin; the other lists it cannot search, so
 * that the newest of each are read once and searched here.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, call } from "@/api/client";
import type { Cluster, Content, Idea, Keyword } from "@/api/types";

/** The most of a list that the API gives at once. */
export const NEWEST = 200;
/** How many of each kind are offered. */
const MOST = 5;
const PAUSE = 250;
const SHORTEST = 2;

export type Found = { id: string; group: string; text: string; to: string };

export type Search = {
  found: Found[];
  /** Nothing is searched for; or answers are on their way; or all have come, or could not. */
  state: "off" | "searching" | "done" | "failed";
  error?: unknown;
};

/** The text as it is once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

type Page = { items: unknown[] };

/** The newest rows of a list; asked for once, when something is searched for. */
function useNewest<Row>(
  name: string,
  site: string | undefined,
  enabled: boolean,
  read: (site: string) => Promise<Page>,
) {
  return useQuery({
    queryKey: [name, "newest", site],
    queryFn: async () => (await read(site ?? "")).items as Row[],
    enabled,
    staleTime: 60_000,
  });
}

const query = (site_id: string) => ({ params: { query: { site_id, limit: NEWEST } } });

/** `matches` compares names as the rest of the palette does. */
export function useFound(
  site: string | undefined,
  typed: string,
  matches: (name: string, text: string) => boolean,
): Search {
  const text = typed.trim();
  const settled = useSettled(text);
  const isOn = site !== undefined && text.length >= SHORTEST;
  const asks = isOn && settled.length >= SHORTEST;
  const keywords = useQuery({
    queryKey: ["keywords", "found", site, settled],
    queryFn: async () => {
      const wanted = { site_id: site ?? "", q: settled, limit: MOST };
      return (await call(api.GET("/api/planner/keywords", { params: { query: wanted } }))).items as Keyword[];
    },
    enabled: asks,
    placeholderData: keepPreviousData,
  });
  const clusters = useNewest<Cluster>("clusters", site, asks, (id) =>
    call(api.GET("/api/planner/clusters", query(id))),
  );
  const ideas = useNewest<Idea>("ideas", site, asks, (id) => call(api.GET("/api/planner/ideas", query(id))));
  const contents = useNewest<Content>("content", site, asks, (id) => call(api.GET("/api/writer/content", query(id))));
  if (!isOn) return { found: [], state: "off" };

  const all = [keywords, clusters, ideas, contents];
  const offer = <Row>(rows: Row[] | undefined, group: string, name: (row: Row) => string, to: (row: Row) => string) =>
    (rows ?? [])
      .filter((row) => matches(name(row), text))
      .slice(0, MOST)
      .map((row) => ({ id: to(row), group, text: name(row), to: to(row) }));
  const found = [
    ...offer(
      contents.data,
      "Content",
      (row) => row.title,
      (row) => `/writer/content/${row.id}`,
    ),
    ...offer(
      clusters.data,
      "Cluster",
      (row) => row.name,
      (row) => `/planner/clusters?open=${row.id}`,
    ),
    ...offer(
      ideas.data,
      "Idea",
      (row) => row.title,
      (row) => `/planner/ideas?open=${row.id}`,
    ),
    ...offer(
      keywords.data,
      "Keyword",
      (row) => row.keyword,
      (row) => `/planner/keywords?q=${encodeURIComponent(row.keyword)}`,
    ),
  ];
  if (settled !== text || all.some((one) => one.isPending || one.isPlaceholderData))
    return { found, state: "searching" };
  const error = all.find((one) => one.error && !one.data)?.error;
  return error ? { found, state: "failed", error } : { found, state: "done" };
}
