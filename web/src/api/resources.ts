/** What many pages ask for: sites, and the jobs that run. */
import { useQuery } from "@tanstack/react-query";
import { isOpen } from "@/lib/jobs";
import { useUi } from "@/lib/store";
import { api, call } from "./client";
import { type JobFilters, placed, RECENT, tellRecent, useLive } from "./live";
import { withNews } from "./news";
import { ApiError } from "./problem";
import { queryClient, useList, useMe } from "./query";
import type { Job, Plan, Site, TenantSettings } from "./types";

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

/** A limit that an admin may have changed in the settings; what it usually is until that is known. */
export function useLimit(key: string, usual: number): number {
  const settings = useQuery({
    queryKey: ["tenant-settings"],
    queryFn: () => call(api.GET("/api/settings/tenant")) as Promise<TenantSettings>,
    staleTime: 60_000,
  });
  return settings.data?.limits.find((limit) => limit.key === key)?.value ?? usual;
}

/** The plans that there are; they change with a release. */
export function usePlans() {
  return useQuery({
    queryKey: ["plans"],
    queryFn: async () => (await call(api.GET("/api/billing/plans"))).items as Plan[],
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function readJob(id: string): Promise<Job> {
  return (await call(api.GET("/api/system/jobs/{id}", { params: { path: { id } } }))) as Job;
}

/** Older jobs that run, as they were tried again, are read one by one: at most so many. */
const MOST_OLDER = 10;

const RECENT_JOBS = ["jobs", "recent"];

/** The newest jobs, and the older ones that ran when they were read or told of last: their end is waited for too. */
async function readRecent(): Promise<Job[]> {
  const newest = (await call(api.GET("/api/system/jobs", { params: { query: { limit: RECENT } } }))).items as Job[];
  const known = queryClient.getQueryData<Job[]>(RECENT_JOBS) ?? [];
  const older = known.filter((job) => isOpen(job) && !newest.some((one) => one.id === job.id)).slice(0, MOST_OLDER);
  const gone = (error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  };
  const found = await Promise.all(older.map((job) => readJob(job.id).then((one) => [one], gone)));
  return [...newest, ...found.flat()];
}

/** The newest jobs, and all that run. */
export function useRecentJobs() {
  const poll = useJobPoll();
  return useQuery({
    queryKey: RECENT_JOBS,
    queryFn: () => withNews(readRecent, (rows, news) => (news.type === "job" ? tellRecent(rows, news.job) : rows)),
    refetchInterval: (query) => poll(query.state.data),
  });
}

/** One job with its first 200 items. */
export function useJob(id: string) {
  const poll = useJobPoll();
  return useQuery({
    queryKey: ["jobs", "one", id],
    queryFn: () =>
      withNews(
        () => readJob(id),
        (job, news) => {
          const isNewer = news.type === "job" && news.job.id === id && news.job.updated_at >= job.updated_at;
          return isNewer ? { ...news.job, items: job.items } : job;
        },
      ),
    refetchInterval: (query) => poll(query.state.data && [query.state.data]),
  });
}

/** All jobs, newest first. The live feed knows this key and its filters. */
export function useJobs(filters: JobFilters) {
  const poll = useJobPoll();
  const { function: name, site: site_id, failures } = filters;
  const only = { function: name, site_id, has_failures: failures ? true : undefined };
  return useList<Job>(
    "jobs",
    filters,
    (cursor) =>
      withNews(
        () => call(api.GET("/api/system/jobs", { params: { query: { limit: 50, cursor, count: !cursor, ...only } } })),
        (page, news) => (news.type === "job" ? { ...page, items: placed(page.items, news.job) } : page),
      ),
    { refetchInterval: poll },
  );
}

/** The live feed tells what becomes of jobs; where it is closed they are asked for, often while one runs. */
function useJobPoll() {
  const live = useLive((state) => state.open);
  return (jobs: Job[] | undefined) => (live ? false : jobs?.some(isOpen) ? 1500 : 30_000);
}

/** Jobs that this page has started and whose end was not told yet: a quick one may be over before it is seen to run. */
export const startedJobs = new Set<string>();
