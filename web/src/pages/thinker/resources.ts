/** What the pages of the thinker read. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { type List, useList } from "@/api/query";
import type { AuthorProfile, PromptDetail, PromptVersion, PromptVersionView, Strategy, TrialView } from "@/api/types";

// An address with a dot is taken for that of a file; names have no hyphens.
export const inAddress = (name: string) => name.replace(".", "-");
export const fromAddress = (address: string) => address.replace("-", ".");

export function useProfiles(): List<AuthorProfile> {
  return useList<AuthorProfile>("author-profiles", "all", (cursor) =>
    call(api.GET("/api/thinker/author-profiles", { params: { query: { limit: 200, cursor } } })),
  );
}

export function useStrategies(): List<Strategy> {
  return useList<Strategy>("strategies", "all", (cursor) =>
    call(api.GET("/api/thinker/strategies", { params: { query: { limit: 200, cursor } } })),
  );
}

export function usePrompt(name: string) {
  return useQuery({
    queryKey: ["prompts", "one", name],
    queryFn: () =>
      call(api.GET("/api/thinker/prompts/{name}", { params: { path: { name } } })) as Promise<PromptDetail>,
  });
}

export function useVersions(name: string): List<PromptVersion> {
  return useList<PromptVersion>("prompts", ["versions", name], (cursor) =>
    call(api.GET("/api/thinker/prompts/{name}/versions", { params: { path: { name }, query: { limit: 20, cursor } } })),
  );
}

export function useVersion(name: string, number: number) {
  return useQuery({
    queryKey: ["prompts", "version", name, number],
    queryFn: () => {
      const params = { path: { name, n: number } };
      return call(api.GET("/api/thinker/prompts/{name}/versions/{n}", { params })) as Promise<PromptVersionView>;
    },
    enabled: number > 0,
  });
}

/** The models that may be chosen. With one there is no choice. */
export function useModels(): string[] {
  const read = () => call(api.GET("/api/thinker/models"));
  return useQuery({ queryKey: ["models"], queryFn: read, staleTime: 300_000 }).data?.models ?? [];
}

/** The models for pictures that may be tried, the usual one first. */
export function useImageModels() {
  const read = () => call(api.GET("/api/thinker/image-models"));
  return useQuery({ queryKey: ["image-models"], queryFn: read, staleTime: 300_000 });
}

const OVER = ["succeeded", "failed", "cancelled", "partial"];
export const isOver = (trial: TrialView) => OVER.includes(trial.status);

/** A test or a draft, asked for until it is over. */
export function useTrial(id: string | undefined) {
  return useQuery({
    queryKey: ["trials", id ?? ""],
    queryFn: () => {
      const params = { path: { id: id ?? "" } };
      return call(api.GET("/api/thinker/trials/{id}", { params })) as Promise<TrialView>;
    },
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 1_000),
  });
}
