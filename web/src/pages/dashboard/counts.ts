/** How many there are of each thing at each step of the way, as the server counts them. */
import { useQueries } from "@tanstack/react-query";
import { api, call } from "@/api/client";

export type Counts = {
  keywords: { new: number; clustered: number; mapped: number };
  clusters: number;
  ideas: { new: number; accepted: number; queued: number; written: number };
  tasks: { all: number; queued: number; in_progress: number; failed: number };
  content: { draft: number; review: number; approved: number; published: number };
};

const ONE = { limit: 1, count: true };

async function total(answer: Promise<{ total?: number | null }>): Promise<number> {
  return (await answer).total ?? 0;
}

type KeywordStatus = keyof Counts["keywords"];
type IdeaStatus = keyof Counts["ideas"];
type TaskStatus = Exclude<keyof Counts["tasks"], "all">;
type ContentStatus = keyof Counts["content"];

/** Each figure is a query of its own resource, so that what changes one list has only its figures read again. */
export function useCounts(site_id: string) {
  const keywords = (status: KeywordStatus) => ({
    queryKey: ["keywords", "count", site_id, status],
    queryFn: () => total(call(api.GET("/api/planner/keywords", { params: { query: { ...ONE, site_id, status } } }))),
  });
  const ideas = (status: IdeaStatus) => ({
    queryKey: ["ideas", "count", site_id, status],
    queryFn: () => total(call(api.GET("/api/planner/ideas", { params: { query: { ...ONE, site_id, status } } }))),
  });
  const tasks = (status?: TaskStatus) => ({
    queryKey: ["tasks", "count", site_id, status ?? "all"],
    queryFn: () => total(call(api.GET("/api/writer/tasks", { params: { query: { ...ONE, site_id, status } } }))),
  });
  const content = (status: ContentStatus) => ({
    queryKey: ["content", "count", site_id, status],
    queryFn: () => total(call(api.GET("/api/writer/content", { params: { query: { ...ONE, site_id, status } } }))),
  });
  const clusters = {
    queryKey: ["clusters", "count", site_id],
    queryFn: () => total(call(api.GET("/api/planner/clusters", { params: { query: { ...ONE, site_id } } }))),
  };
  return useQueries({
    queries: [
      keywords("new"),
      keywords("clustered"),
      keywords("mapped"),
      clusters,
      ideas("new"),
      ideas("accepted"),
      ideas("queued"),
      ideas("written"),
      tasks(),
      tasks("queued"),
      tasks("in_progress"),
      tasks("failed"),
      content("draft"),
      content("review"),
      content("approved"),
      content("published"),
    ],
    combine: (answers) => ({
      data: answers.every((answer) => answer.data !== undefined)
        ? countsOf(answers.map((answer) => answer.data ?? 0))
        : undefined,
      error: answers.find((answer) => answer.error && answer.data === undefined)?.error,
      again: () => {
        for (const answer of answers) if (answer.error) void answer.refetch();
      },
    }),
  });
}

/** The figures by name, in the order in which they are asked for. */
function countsOf(figures: number[]): Counts {
  const at = (index: number) => figures[index] ?? 0;
  return {
    keywords: { new: at(0), clustered: at(1), mapped: at(2) },
    clusters: at(3),
    ideas: { new: at(4), accepted: at(5), queued: at(6), written: at(7) },
    tasks: { all: at(8), queued: at(9), in_progress: at(10), failed: at(11) },
    content: { draft: at(12), review: at(13), approved: at(14), published: at(15) },
  };
}
