/** What the editor reads and writes: the content, its revisions, and changes that name the version that they are of. */
import { useQuery } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import { queryClient } from "@/api/query";
import type { components } from "@/api/schema";
import type { Block, ContentView, StructureData } from "@/api/types";

export type RevisionView = components["schemas"]["RevisionView"];
export type ContentChange = components["schemas"]["ContentUpdate"];

/** What a person edits beside the body. */
export const FIELDS = ["title", "slug", "excerpt", "meta_title", "meta_description"] as const;
export type Field = (typeof FIELDS)[number];
export type Fields = Record<Field, string>;

/** The most characters that the server keeps. */
export const MOST: Record<Field, number> = {
  title: 200,
  slug: 80,
  excerpt: 400,
  meta_title: 120,
  meta_description: 320,
};

export function fieldsOf(content: Fields): Fields {
  const { title, slug, excerpt, meta_title, meta_description } = content;
  return { title, slug, excerpt, meta_title, meta_description };
}

export function useContent(id: string) {
  return useQuery({
    queryKey: ["content", "one", id],
    queryFn: () => call(api.GET("/api/writer/content/{id}", { params: { path: { id } } })) as Promise<ContentView>,
  });
}

/** The newest state, whatever is cached. */
export function readContent(id: string): Promise<ContentView> {
  return queryClient.fetchQuery({
    queryKey: ["content", "one", id],
    queryFn: () => call(api.GET("/api/writer/content/{id}", { params: { path: { id } } })) as Promise<ContentView>,
    staleTime: 0,
  });
}

export function useRevision(id: string, number: number | undefined) {
  return useQuery({
    queryKey: ["content", "revision", id, number],
    enabled: number !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      call(
        api.GET("/api/writer/content/{id}/revisions/{n}", { params: { path: { id, n: number ?? 0 } } }),
      ) as Promise<RevisionView>,
  });
}

/** Keeps an answer as the newest state, for every part of the page. */
export function keep(content: ContentView): ContentView {
  queryClient.setQueryData(["content", "one", content.id], content);
  for (const part of ["list", "revisions", "passed"])
    void queryClient.invalidateQueries({ queryKey: ["content", part] });
  return content;
}

export async function change(id: string, body: ContentChange, version: number): Promise<ContentView> {
  const request = api.PATCH("/api/writer/content/{id}", {
    params: { path: { id } },
    headers: ifMatch(version),
    body,
  });
  return keep((await call(request)) as ContentView);
}

export async function restore(id: string, number: number, version: number): Promise<ContentView> {
  const request = api.POST("/api/writer/content/{id}/revisions/{n}/restore", {
    params: { path: { id, n: number } },
    headers: ifMatch(version),
  });
  return keep((await call(request)) as ContentView);
}

/** What changed of the fields; `blocks` are given when the body changed, `data` when what its kind has did. */
export function changesOf(base: ContentView, fields: Fields, blocks?: Block[], data?: StructureData): ContentChange {
  const found: ContentChange = {};
  for (const name of FIELDS) if (fields[name] !== base[name]) found[name] = fields[name];
  if (blocks) found.blocks = blocks;
  if (data) found.structure_data = data;
  return found;
}
