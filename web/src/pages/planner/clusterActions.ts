/** What can be done with clusters. */
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster } from "@/api/types";
import { count } from "@/lib/format";
import { confirm } from "@/ui/ConfirmDialog";
import { spend } from "@/ui/spend";
import { inParts, oneByOne, remaining, tellBulk } from "./bulk";

/** The most clusters of one request for ideas. */
export const MOST_FOR_IDEAS = 200;

/** Removes clusters, after asking. The server refuses those that have keywords or ideas, and says so. */
export async function removeClusters(clusters: Cluster[]): Promise<Set<string>> {
  const ids = clusters.map((one) => one.id);
  const [first] = clusters;
  const what = clusters.length === 1 && first ? `“${first.name}”` : count(ids.length, "cluster");
  const yes = await confirm({
    title: `Delete ${what}?`,
    body: "This cannot be undone. Clusters that have keywords or ideas are kept.",
    action: `Delete ${count(ids.length, "cluster")}`,
    danger: true,
  });
  if (!yes) return new Set(ids);
  const outcome = await inParts(ids, (part) =>
    oneByOne(part, (id) => call(api.DELETE("/api/planner/clusters/{id}", { params: { path: { id } } }))),
  );
  invalidate("clusters");
  tellBulk(outcome, "cluster", "deleted");
  return remaining(outcome);
}

/** Asks the model for ideas, after the cost was shown. */
export function generateIdeas(clusters: Cluster[], perCluster: number, then?: () => void): void {
  const body = { cluster_ids: clusters.map((one) => one.id), per_cluster: perCluster };
  const [first] = clusters;
  const where = clusters.length === 1 && first ? `the cluster “${first.name}”` : `each of ${clusters.length} clusters`;
  spend({
    title: "Generate ideas",
    what: `Up to ${count(perCluster, "idea")} for ${where}, each with an outline. Only ideas that are made are charged.`,
    noun: "cluster",
    order: { path: "/api/planner/ideas/generate", body },
    onStarted: then,
  });
}
