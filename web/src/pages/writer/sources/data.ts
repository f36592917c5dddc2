/** Sources of a site, and the claims of a content. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { type List, useList } from "@/api/query";
import type { Claims, Source, SourceView } from "@/api/types";

/** The most sources of a task or a content. */
export const MOST = 5;

export function useSources(site: string): List<Source> {
  return useList<Source>("sources", site, (cursor) =>
    call(api.GET("/api/writer/sources", { params: { query: { site_id: site, limit: 200, cursor } } })),
  );
}

export function useSource(id: string | undefined) {
  return useQuery({
    queryKey: ["sources", "one", id],
    enabled: id !== undefined,
    queryFn: () =>
      call(api.GET("/api/writer/sources/{id}", { params: { path: { id: id ?? "" } } })) as Promise<SourceView>,
  });
}

/** The claims of a content as it was saved last: `version` is that of what was saved. */
export function useClaims(content: string, version: number) {
  return useQuery({
    queryKey: ["content", "claims", content, version],
    queryFn: () =>
      call(api.GET("/api/writer/content/{id}/claims", { params: { path: { id: content } } })) as Promise<Claims>,
  });
}
