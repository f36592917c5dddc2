/** Which ideas are on screen, and the words for what an idea can be. */
import { api, call } from "@/api/client";
import { type List, useList } from "@/api/query";
import type { Idea, IdeaStatus } from "@/api/types";

export const IDEA_STATUSES: IdeaStatus[] = ["new", "accepted", "queued", "written", "rejected"];
export const IDEA_FILTERS = ["status", "cluster_id", "sector_id"] as const;
export type IdeaValues = Partial<Record<(typeof IDEA_FILTERS)[number], string>>;

/** Ideas are long, so a page has fewer of them than of keywords. */
const PAGE = 60;

export function useIdeas(site: string, values: IdeaValues): List<Idea> {
  const query = {
    site_id: site,
    status: IDEA_STATUSES.find((one) => one === values.status),
    cluster_id: values.cluster_id || undefined,
    sector_id: values.sector_id || undefined,
  };
  return useList<Idea>("ideas", query, async (cursor) => {
    const page = { ...query, limit: PAGE, cursor, count: cursor === undefined };
    return (await call(api.GET("/api/planner/ideas", { params: { query: page } }))) as {
      items: Idea[];
      next_cursor?: string | null;
      total?: number | null;
    };
  });
}

/** A task has it: its plan is the task's now, and stands. */
export const isTaken = (idea: Idea) => idea.status === "queued" || idea.status === "written";
/** It may become a task. */
export const isOpenIdea = (idea: Idea) => idea.status === "new" || idea.status === "accepted";
