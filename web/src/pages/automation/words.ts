/** The words for schedules. */
import type { ScheduledFunction } from "@/api/types";
import { count } from "@/lib/format";

type Words = { name: string; what: string; item: string; unreviewed?: string };

export const WORDS: Record<ScheduledFunction, Words> = {
  auto_cluster: { name: "Cluster keywords", what: "New keywords become clusters.", item: "Batches of 30 keywords" },
  auto_ideas: { name: "Find ideas", what: "Clusters without ideas get five each.", item: "Clusters" },
  auto_writer: {
    name: "Write articles",
    what: "Accepted ideas become tasks, and tasks that wait are written.",
    item: "Articles",
    unreviewed: "Also ideas that nobody has accepted yet",
  },
  auto_images: {
    name: "Make pictures",
    what: "Approved and public articles without pictures get some planned, and the next run makes them. The one at the top shows by itself; those for sections wait in the editor.",
    item: "Pictures",
    unreviewed: "Also for drafts that nobody has approved yet",
  },
  auto_publish: {
    name: "Publish",
    what: "Approved content goes to the site that IGNY8 hosts.",
    item: "Pages",
    unreviewed: "Also drafts that nobody has approved, where the site wants no review",
  },
};

/** "6 hours", "45 minutes", "2 days". */
export function rate(minutes: number): string {
  if (minutes % 1440 === 0) return count(minutes / 1440, "day");
  if (minutes % 60 === 0) return count(minutes / 60, "hour");
  return count(minutes, "minute");
}
