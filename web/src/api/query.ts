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
  for (const name of names) {
    forgetUnseen(name);
    void queryClient.invalidateQueries({ queryKey: [name] });
  }
}

/** The last row that was in sight of a list on screen, by its query's hash. */
const sights = new Map<string, number>();

/** A list is read again page by page: what lies below the rows in sight is dropped, and comes back as one scrolls. */
function forgetUnseen(name: string): void {
  for (const query of queryClient.getQueryCache().findAll({ queryKey: [name, "list"] })) {
    const data = query.state.data as InfiniteData<Page<unknown>> | undefined;
    if (!data) continue;
    const known = sights.get(query.queryHash);
    // Cards and columns do not tell what is in sight: while they are on screen, all that was asked for stays.
    if (known === undefined && query.isActive()) continue;
    const sight = known ?? 0;
    let rows = 0;
    const keep = data.pages.findIndex((page) => {
      rows += page.items.length;
      return rows > sight;
    });
    if (keep < 0 || keep + 1 === data.pages.length) continue;
    const [pages, pageParams] = [data.pages.slice(0, keep + 1), data.pageParams.slice(0, keep + 1)];
    queryClient.setQueryData(query.queryKey, { pages, pageParams }, { updatedAt: query.state.dataUpdatedAt });
  }
}

/** Something is read for the first time; what is there already and is only read again does not count. */
export function useIsLoading(): boolean {
  return useIsFetching({ predicate: (query) => query.state.status === "pending" }) > 0;
}

type Page<Row> = { items: Row[]; next_cursor?: string | null; total?: number | null };

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
  /** The last row in sight, nothing when it goes; a table of thousands tells it, so that no more is read again. */
  sees?: (last: number | undefined) => void;
  again: () => void;
};

/** A list that loads its next page when asked. `name` is the resource, `params` all that it is filtered by. */
export function useList<Row>(
  name: string,
  params: unknown,
  page: (cursor: string | undefined) => Promise<Page<Row>>,
  options: { enabled?: boolean; refetchInterval?: (rows: Row[]) => number | false } = {},
): List<Row> {
  const queryKey = [name, "list", params];
  const hash = hashKey(queryKey);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
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
      // Who scrolls fast asks often, also before it is drawn that the page is on its way: that one is not begun again.
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage({ cancelRefetch: false });
    },
    sees: useCallback(
      (last: number | undefined) => {
        if (last === undefined) sights.delete(hash);
        else sights.set(hash, last);
      },
      [hash],
    ),
    again: () => void query.refetch(),
  };
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
