import { useInfiniteQuery } from "@tanstack/react-query";
import { BarChart3 } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { api, call } from "@/api/client";
import type { Usage } from "@/api/types";
import { cx } from "@/lib/cx";
import { functionName, number } from "@/lib/format";
import { LinkButton } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { byDay, byFunction, type DayUse } from "./sums";

const UsageChart = lazy(() => import("./UsageChart"));

const SPANS = [
  { id: "7", name: "Last 7 days" },
  { id: "30", name: "Last 30 days" },
  { id: "90", name: "Last 90 days" },
];

/** All entries of the usage log since a day; the log is read newest first and only as far as is needed. */
function useUsage(days: number) {
  const from = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const query = useInfiniteQuery({
    queryKey: ["usage", days],
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/billing/usage", { params: { query: { limit: 200, cursor: pageParam, sort: "-created_at" } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => {
      const oldest = page.items.at(-1)?.created_at;
      return oldest && oldest >= from ? (page.next_cursor ?? undefined) : undefined;
    },
  });
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  useEffect(() => {
    // After a failure the person decides.
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const all = query.data?.pages.flatMap((page) => page.items as Usage[]) ?? [];
  return { uses: all.filter((use) => use.created_at >= from), complete: query.isSuccess && !hasNextPage, query };
}

export function UsagePage() {
  const { values, set } = useFilters(["days"]);
  const days = Number(values.days ?? 30);
  const { uses, complete, query } = useUsage(days);
  if (query.error) {
    return (
      <Page title="Usage">
        <ErrorState error={query.error} again={() => void query.refetch()} />
      </Page>
    );
  }
  const spent = uses.reduce((sum, use) => sum + use.credits, 0);
  const tokens = uses.reduce((sum, use) => sum + use.tokens_in + use.tokens_out, 0);
  const rows = byFunction(uses);
  const perDay: DayUse[] = byDay(uses, days, new Date());
  return (
    <Page
      title="Usage"
      intro="What the AI models did for you, by function and by day."
      actions={
        <>
          <Select
            label="Span"
            hideLabel
            className="w-40"
            options={SPANS}
            value={String(days)}
            onChange={(value) => set({ days: value === "30" ? "" : value })}
          />
          <LinkButton to="/billing">Credits</LinkButton>
        </>
      }
    >
      <StatsCards
        stats={[
          { label: "Credits", value: complete ? number(spent) : undefined },
          { label: "AI requests", value: complete ? number(uses.length) : undefined },
          { label: "Tokens", value: complete ? number(tokens) : undefined },
          { label: "Credits per day", value: complete ? (spent / days).toFixed(1) : undefined },
        ]}
      />
      {complete && uses.length === 0 ? (
        <div className="card">
          <EmptyState icon={BarChart3} title="No usage in this time">
            Once AI models work for you, this page shows what they used.
          </EmptyState>
        </div>
      ) : (
        <>
          <section className="card p-4">
            <h2 className="mb-3">Credits per day</h2>
            <div className="h-64">
              {complete ? (
                <Suspense fallback={<Skeleton className="h-full" />}>
                  <UsageChart days={perDay} />
                </Suspense>
              ) : (
                <Skeleton className="h-full" />
              )}
            </div>
          </section>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
          <section aria-label="Usage by function" tabIndex={0} className="card overflow-x-auto">
            <table className="w-full">
              <caption className="sr-only">Usage by function</caption>
              <thead className="text-left text-xs text-ink-soft">
                <tr className="border-b border-line">
                  {["Function", "Requests", "Tokens in", "Tokens out", "Credits"].map((name, n) => (
                    <th
                      key={name}
                      scope="col"
                      className={cx(
                        "px-4 py-2.5 font-medium",
                        n > 0 && "text-right",
                        n > 1 && n < 4 && "max-sm:hidden",
                      )}
                    >
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.name} className="border-b border-line last:border-0">
                    <th scope="row" className="px-4 py-2.5 text-left font-medium">
                      {functionName(row.name)}
                    </th>
                    {(["requests", "tokensIn", "tokensOut", "credits"] as const).map((column) => (
                      <td
                        key={column}
                        className={cx(
                          "px-4 py-2.5 text-right tabular-nums",
                          column.startsWith("tokens") && "max-sm:hidden",
                        )}
                      >
                        {number(row[column])}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </Page>
  );
}
