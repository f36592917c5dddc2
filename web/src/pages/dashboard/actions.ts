import { api, call } from "@/api/client";
import type { Site } from "@/api/types";
import { spend } from "@/ui/CostDialog";

/** Asks what it costs, and has all new keywords of the site clustered. */
export function clusterNew(site: Site, then?: (job: string) => void): void {
  const body = { site_id: site.id, all_new: true };
  spend({
    title: "Cluster keywords",
    what: `All new keywords of ${site.name} are put into clusters: groups that one page can answer.`,
    noun: "batch of keywords",
    plural: "batches of keywords",
    estimate: async () => {
      const answer = await call(api.POST("/api/planner/cluster", { params: { query: { estimate: true } }, body }));
      return answer as { credits: number; items: number };
    },
    start: async () => (await call(api.POST("/api/planner/cluster", { body }))) as { job: { id: string } },
    onStarted: then,
  });
}
