/** What many pages ask for: sites, and the jobs that run. */
import { useQuery } from "@tanstack/react-query";
import { useUi } from "@/lib/store";
import { api, call } from "./client";
import { useLive } from "./live";
import { useMe } from "./query";
import type { Job, JobStatus, Plan, Site } from "./types";

/** Every site of the tenant, by name. An account has some; past 200 the switcher's search asks the server. */
export function useSites() {
  return useQuery({
    queryKey: ["sites", "all"],
    queryFn: async () =>
      (await call(api.GET("/api/auth/sites", { params: { query: { limit: 200 } } }))).items as Site[],
    staleTime: 60_000,
  });
}

/** The site in hand: the one that was chosen last, else the first. */
export function useSite(): { site?: Site; loading: boolean; error: unknown; again: () => void } {
  const me = useMe().data;
  const sites = useSites();
  const chosen = useUi((ui) => (me ? ui.sites[me.tenant.id] : undefined));
  const site = sites.data?.find((one) => one.id === chosen) ?? sites.data?.[0];
  return { site, loading: sites.isPending, error: sites.error, again: () => void sites.refetch() };
}

/** The plans that there are; they change with a release. */
export function usePlans() {
  return useQuery({
    queryKey: ["plans"],
    queryFn: async () => (await call(api.GET("/api/billing/plans"))).items as Plan[],
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const OPEN: JobStatus[] = ["preparing", "queued", "running"];
export const isOpen = (job: Job) => OPEN.includes(job.status);

/** The newest jobs. The live feed tells what becomes of them; without it they are asked for, often while one runs. */
export function useRecentJobs() {
  const live = useLive((state) => state.open);
  return useQuery({
    queryKey: ["jobs", "recent"],
    queryFn: async () => (await call(api.GET("/api/system/jobs", { params: { query: { limit: 20 } } }))).items as Job[],
    refetchInterval: (query) => (live ? false : query.state.data?.some(isOpen) ? 1500 : 30_000),
  });
}

/** Jobs that this page has started and whose end was not told yet: a quick one may be over before it is seen to run. */
export const startedJobs = new Set<string>();
