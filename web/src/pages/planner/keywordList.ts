/** Which keywords are on screen: the filters and orders that the API can put together, and no others. */
import { api, call } from "@/api/client";
import { type List, useList } from "@/api/query";
import type { Cluster, Intent, Keyword, KeywordStatus, Sector } from "@/api/types";
import type { Filter } from "@/ui/FilterPanel";
import { clusterOptions, PAGE } from "./data";

export const STATUSES: KeywordStatus[] = ["new", "clustered", "mapped", "archived"];
export const INTENTS: Intent[] = ["informational", "navigational", "commercial", "transactional"];

const NUMBERS = ["min_volume", "max_volume", "min_difficulty", "max_difficulty"] as const;
const NARROWING = ["status", "intent", "cluster_id", "sector_id", ...NUMBERS] as const;
export const FILTERS = ["q", "sort", ...NARROWING] as const;
export type Values = Partial<Record<(typeof FILTERS)[number], string>>;

/** A search by name goes by the order of names and takes no filter beside it; so does that order. */
export function isNarrowed(values: Values): boolean {
  return NARROWING.some((name) => values[name]);
}

/** The order that the API will take with these filters. */
export function orderOf(values: Values): "keyword" | "-volume" | "-created_at" {
  if (values.q) return "keyword";
  if (values.sort === "-volume") return "-volume";
  return values.sort === "keyword" && !isNarrowed(values) ? "keyword" : "-created_at";
}

/** What a change of filters does to the others: a search puts the filters away, a filter the search. */
export function settled(changes: Values): Values {
  if (changes.q) return { ...Object.fromEntries(NARROWING.map((name) => [name, ""])), ...changes };
  if (NARROWING.some((name) => changes[name])) return { q: "", ...changes };
  return changes;
}

function whole(value: string | undefined, most: number): number | undefined {
  const number = Number(value);
  return value && Number.isFinite(number) ? Math.min(Math.max(Math.trunc(number), 0), most) : undefined;
}

/** The query of the request; what is in the address and makes no sense is left out. */
export function queryOf(site: string, values: Values) {
  const sort = orderOf(values);
  if (values.q) return { site_id: site, q: values.q, sort };
  const status = STATUSES.find((one) => one === values.status);
  const intent = INTENTS.find((one) => one === values.intent);
  return {
    site_id: site,
    sort,
    status,
    intent,
    cluster_id: values.cluster_id || undefined,
    sector_id: values.sector_id || undefined,
    min_volume: whole(values.min_volume, Number.MAX_SAFE_INTEGER),
    max_volume: whole(values.max_volume, Number.MAX_SAFE_INTEGER),
    min_difficulty: whole(values.min_difficulty, 100),
    max_difficulty: whole(values.max_difficulty, 100),
  };
}

export function useKeywords(site: string, values: Values): List<Keyword> {
  const query = queryOf(site, values);
  return useList<Keyword>("keywords", query, async (cursor) => {
    // Counting reads the whole list, so only the first page asks for it.
    const page = { ...query, limit: PAGE, cursor, count: cursor === undefined };
    return (await call(api.GET("/api/planner/keywords", { params: { query: page } }))) as {
      items: Keyword[];
      next_cursor?: string | null;
      total?: number | null;
    };
  });
}

const option = (id: string) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1) });

const RARE = ["intent", "sector_id", ...NUMBERS] as const;

/** One of the filters that are shown on demand is set. */
export const hasRare = (values: Values) => RARE.some((name) => values[name]);

/** The fields of the filter panel; `all` shows those too that are wanted more rarely. */
export function filterFields(
  values: Values,
  clusters: Cluster[] | undefined,
  sectors: Sector[] | undefined,
  all: boolean,
): Filter[] {
  const fields: Filter[] = [
    { name: "q", label: "Begins with…", kind: "search" },
    { name: "status", label: "Any status", kind: "choice", options: STATUSES.map(option) },
    {
      name: "cluster_id",
      label: "Any cluster",
      kind: "choice",
      options: clusterOptions(clusters, values.cluster_id),
    },
  ];
  if (!all) return fields;
  fields.push({ name: "intent", label: "Any intent", kind: "choice", options: INTENTS.map(option) });
  if (values.sector_id || (sectors && sectors.length > 0)) {
    const options = (sectors ?? []).map((one) => ({ id: one.id, name: one.name }));
    fields.push({ name: "sector_id", label: "Any sector", kind: "choice", options });
  }
  fields.push(
    { name: "min_volume", label: "Volume from", kind: "number" },
    { name: "max_volume", label: "Volume to", kind: "number" },
    { name: "min_difficulty", label: "KD from", kind: "number" },
    { name: "max_difficulty", label: "KD to", kind: "number" },
  );
  return fields;
}
