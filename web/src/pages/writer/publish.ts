/** Publishing, from the list and from the editor: free, and said so before. */
import { queryClient } from "@/api/query";
import type { Content } from "@/api/types";
import { count } from "@/lib/format";
import { spend } from "@/ui/spend";

/** The destination that there is: the site that we host. */
export const HOSTED = "igny8";

/** The most contents in one request. */
export const MOST_PUBLISHED = 200;

/** Why its public page is not what the content is now; nothing where it is, or is not public. */
export function behind(content: Content): string | undefined {
  const place = content.destinations[HOSTED];
  if (!place) return undefined;
  if (place.revision < content.revision) {
    return `The newest revision is ${content.revision}: publish again to show it.`;
  }
  const { shown } = place;
  if (!shown) return undefined;
  const same = <K extends keyof typeof shown & keyof Content>(field: K) =>
    JSON.stringify(shown[field] ?? null) === JSON.stringify(content[field] ?? null) ||
    // The first picture does not wait.
    (field === "featured_image_id" && !shown[field]);
  const changed = (Object.keys(DETAILS) as (keyof typeof DETAILS)[]).filter((field) => !same(field));
  if (changed.length === 0) return undefined;
  return `Publish again to show what has changed: ${changed.map((field) => DETAILS[field]).join(", ")}.`;
}

/** What a page shows beside its text. */
const DETAILS = {
  primary_keyword: "keyword",
  secondary_keywords: "further keywords",
  category: "category",
  tags: "tags",
  language: "language",
  author_profile_id: "author",
  reviewer_profile_id: "reviewer",
  featured_image_id: "picture",
} as const;

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
