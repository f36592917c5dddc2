import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Sector } from "@/api/types";

/** The sectors of a site; none while there is no site. */
export function useSectors(site: string | undefined): Sector[] {
  const read = () => {
    const params = { path: { id: site ?? "" }, query: { limit: 200 } };
    return call(api.GET("/api/auth/sites/{id}/sectors", { params }));
  };
  const query = useQuery({ queryKey: ["sectors", "of", site ?? ""], queryFn: read, enabled: site !== undefined });
  return (query.data?.items ?? []) as Sector[];
}
