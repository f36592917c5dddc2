/** Publishing, from the list and from the editor: free, and said so before. */
import { queryClient } from "@/api/query";
import { count } from "@/lib/format";
import { spend } from "@/ui/spend";

/** The destination that there is: the site that we host. */
export const HOSTED = "igny8";

/** The most contents in one request. */
export const MOST_PUBLISHED = 200;

export function publish(ids: string[], site: string, then?: (job: string) => void): void {
  const body = { content_ids: ids, destinations: [HOSTED] };
  spend({
    title: ids.length === 1 ? "Publish this page" : `Publish ${count(ids.length, "page")}`,
    what: `Brings ${count(ids.length, "page")} to ${site} and puts the site online anew. Publishing is free.`,
    noun: "page",
    order: { path: "/api/publish", body },
    // Many pages go as one item of work; what a person counts are the pages.
    items: ids.length,
    onStarted: (job) => {
      void queryClient.invalidateQueries({ queryKey: ["jobs"] });
      then?.(job);
    },
  });
}
