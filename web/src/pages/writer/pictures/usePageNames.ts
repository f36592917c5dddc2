import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";

/** The newest pages of a site, to choose one of. */
export function usePageNames(site: string) {
  return useQuery({
    queryKey: ["content", "names", site],
    queryFn: async () => {
      const query = { site_id: site, limit: 200 };
      const { items } = await call(api.GET("/api/writer/content", { params: { query } }));
      return items.map(({ id, title }) => ({ id, name: title }));
    },
  });
}
