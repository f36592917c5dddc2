/** Server state: the query client, lists that grow page by page, and who is here. */
import {
  hashKey,
  type InfiniteData,
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useIsFetching,
  useQuery,
} from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { isReadOnly, mayOf } from "@/lib/rights";
import { api, call } from "./client";
import { withNews } from "./news";
import { ApiError } from "./problem";
import { useSession } from "./session";
import type { Me, Role } from "./types";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // The client itself repeats what got no answer.
      retry: (count, error) => error instanceof ApiError && error.code === "rate_limited" && count < 3,
      retryDelay: (_, error) => (error instanceof ApiError ? (error.retryAfter ?? 1) : 1) * 1000,
      networkMode: "always",
      // Off by itself in this mode: what failed without a network is read when it is back.
      refetchOnReconnect: true,
    },
    mutations: { networkMode: "always" },
  },
});

/** Marks all that begins with one of these names as stale. The first part of a query's key is its resource. */
export function invalidate(...names: string[]): void {
  for (const name of names) void queryClient.invalidateQueries({ queryKey: [name] });
}

/** Something is read for the first time; what is there already and is only read again does not count. */
export function useIsLoading(): boolean {
  return useIsFetching({ predicate: (query) => query.state.status === "pending" }) > 0;
}

type Page<Row> = { items: Row[]; next_cursor?: string | null; total?: number | null };

/** The rows of a list that are in sight, by their place. */
export type Sight = { first: number; last: number };

export type List<Row> = {
  rows: Row[];
  /** How many there are on the server, by these filters. */
  total?: number;
  loading: boolean;
  /** The rows on screen are those of the last filters; the new ones are on their way. */
  changing: boolean;
  error: unknown;
  hasMore: boolean;
  more: () => void;
  /** What is in sight, nothing when it goes; a table of thousands tells it, so that no more is read again. */
  sees?: (sight: Sight | undefined) => void;
  again: () => void;
};

/**
 * A list that loads its next page when asked. `name` is the resource, `params` all that it is filtered by.
 *
 * Whatever has it read again (a change, the window that is looked at again, the network that is back, a poll), only the
 * pages in sight are read; the others stay, and are read when they come into sight. Of the first page at least its count is
 * always wanted. A page that now ends elsewhere than the next one begins cuts the list, which goes on as one scrolls.
 */
export function useList<Row>(
  name: string,
  params: unknown,
  page: (cursor: string | undefined) => Promise<Page<Row>>,
  options: { enabled?: boolean; refetchInterval?: (rows: Row[]) => number | false } = {},
): List<Row> {
  const queryKey = [name, "list", params];
  const hash = hashKey(queryKey);
  // While a list is read again, what was known before still stands here.
  const before = () => queryClient.getQueryData<Pages<Row>>(queryKey);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam }): Promise<Known<Row>> => {
      const known = before();
      const index = known?.pageParams.indexOf(pageParam) ?? -1;
      const old = known?.pages[index];
      if (!known || !old || isInSight(hash, known, index)) return page(pageParam);
      return { ...old, total: index === 0 ? (await page(pageParam)).total : old.total, isOld: true };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last, all) => {
      const known = before();
      const next = last.next_cursor ?? undefined;
      // Always, but in the middle of being read again.
      if (!known || known.pages[all.length - 1] === last) return next;
      const joins = known.pageParams[all.length] === next;
      return joins || isInSight(hash, known, all.length) ? next : undefined;
    },
    placeholderData: keepPreviousData,
    enabled: options.enabled,
    refetchInterval: (one) =>
      options.refetchInterval?.(one.state.data?.pages.flatMap((page) => page.items) ?? []) ?? false,
  });
  // The same rows stay the same array, so that a table of thousands is not built again for nothing.
  const rows = useMemo(() => query.data?.pages.flatMap((one) => one.items) ?? [], [query.data]);
  return {
    rows,
    total: query.data?.pages[0]?.total ?? undefined,
    loading: query.isPending,
    changing: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    more: () => {
      // Who scrolls fast asks often, also while the page is on its way: that one is not begun again.
      if (query.hasNextPage) void query.fetchNextPage({ cancelRefetch: false });
    },
    sees: useCallback((sight: Sight | undefined) => see(hash, sight), [hash]),
    again: () => void query.refetch(),
  };
}

/** A page as it is known; `isOld` when it was not in sight as the list was read again. */
type Known<Row> = Page<Row> & { isOld?: boolean };
type Pages<Row> = InfiniteData<Known<Row>, string | undefined>;

/** What is in sight of the lists that tell it, by their query's hash. */
const sights = new Map<string, Sight>();

/** Cards and columns do not tell what is in sight: while they are on screen, all of it is. */
function isInSight(hash: string, known: Pages<unknown>, index: number): boolean {
  const sight = sights.get(hash);
  if (!sight) return true;
  const start = known.pages.slice(0, index).reduce((rows, page) => rows + page.items.length, 0);
  const end = start + (known.pages[index]?.items.length ?? 0);
  // The first page is in sight of a list that has nothing to see.
  return start <= sight.last && (end > sight.first || end === start);
}

/** Who scrolls past a page does not look at it. */
const REST = 150;
const rests = new Map<string, ReturnType<typeof setTimeout>>();

/** Keeps what is in sight of a list, and has it read again where it is old. */
function see(hash: string, sight: Sight | undefined): void {
  clearTimeout(rests.get(hash));
  if (!sight) {
    sights.delete(hash);
    return;
  }
  sights.set(hash, sight);
  const query = queryClient.getQueryCache().get<Pages<unknown>>(hash);
  const known = query?.state.data;
  if (!query || !known?.pages.some((page, index) => page.isOld && isInSight(hash, known, index))) return;
  // What is being read just now goes on; when it is there, it is told again what is in sight.
  const read = () => queryClient.refetchQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
  rests.set(hash, setTimeout(read, REST));
}

/** The person, their role, the tenant that the token is for, and the tenants they may switch to. */
export function useMe() {
  const status = useSession((state) => state.status);
  return useQuery({
    queryKey: ["me"],
    queryFn: () => call(api.GET("/api/auth/me")) as Promise<Me>,
    enabled: status === "in" || status === "expired",
    staleTime: 60_000,
  });
}

/** True when the person's role is at least this one, and the tenant is not suspended. */
export function useMay(role: Role): boolean {
  const me = useMe().data;
  return mayOf(me, role) && !isReadOnly(me);
}

/** What is left to spend. */
export function useBalance() {
  const read = () => call(api.GET("/api/billing/balance"));
  return useQuery({
    queryKey: ["balance"],
    queryFn: () => withNews(read, (balance, news) => (news.type === "balance" ? news.balance : balance)),
  });
}
