/** Whether what is written must be approved before it goes public: a setting of the site. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Content, Site } from "@/api/types";

/** How many contents of a site are approved or published, as far as lists tell. */
async function passed(site_id: string): Promise<number> {
  const counts = (["approved", "published"] as const).map(async (status) => {
    const query = { site_id, status, count: true, limit: 1 };
    return (await call(api.GET("/api/writer/content", { params: { query } }))).total ?? 0;
  });
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}

/** With `first_n` it is so until so many have passed; while they are not counted, too. */
export function useWantsReview(site: Site | undefined): boolean {
  const review = site?.settings?.review ?? "never";
  const count = useQuery({
    queryKey: ["content", "passed", site?.id],
    queryFn: () => passed(site?.id ?? ""),
    enabled: review === "first_n",
  }).data;
  if (review !== "first_n") return review === "always";
  return count === undefined || count < (site?.settings?.review_first ?? 0);
}

export const isApproved = ({ status }: Pick<Content, "status">) => status === "approved" || status === "published";
