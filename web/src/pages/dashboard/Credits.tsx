/** Credits over the last days. The chart is loaded when it is needed. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import type { Transaction } from "@/api/types";
import { credits, date, number } from "@/lib/format";
import { Section } from "@/ui/Section";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { type Day, history } from "./history";

const CreditsChart = lazy(() => import("./CreditsChart"));

const DAYS = 30;
const PAGE = 200;
/** A ledger with more entries than this in these days is shown as far as was read. */
const MOST_PAGES = 5;
const CHART = "h-64";

/** The ledger's entries of the last days, the newest first. */
async function entries(): Promise<{ rows: Transaction[]; complete: boolean; cut: boolean }> {
  const from = Date.now() - DAYS * 86_400_000;
  const rows: Transaction[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(api.GET("/api/billing/transactions", { params: { query: { limit: PAGE, cursor } } }));
    rows.push(...(answer.items as Transaction[]));
    cursor = answer.next_cursor ?? undefined;
    const last = rows.at(-1);
    if (!cursor) return { rows, complete: true, cut: false };
    if (last && new Date(last.created_at).getTime() < from) return { rows, complete: false, cut: false };
  }
  return { rows, complete: false, cut: true };
}

export function Credits() {
  const ledger = useQuery({ queryKey: ["transactions", "days", DAYS], queryFn: entries, staleTime: 60_000 });
  const days = ledger.data && history(ledger.data.rows, DAYS, ledger.data.complete);
  const oldest = ledger.data?.cut ? ledger.data.rows.at(-1)?.created_at : undefined;
  return (
    <Section
      title="Credits"
      intro={days ? <Summary days={days} since={oldest} /> : !ledger.error && <Skeleton className="h-5 w-52" />}
      actions={
        <Link to="/billing" className="pt-1 font-medium text-brand hover:underline">
          All transactions
        </Link>
      }
    >
      {ledger.error && !days ? (
        <ErrorState error={ledger.error} again={() => void ledger.refetch()} />
      ) : !days ? (
        <Skeleton className={CHART} />
      ) : ledger.data?.rows.length === 0 ? (
        <EmptyState title="No credits yet">What comes in and what is spent is shown here by day.</EmptyState>
      ) : (
        <Suspense fallback={<Skeleton className={CHART} />}>
          <div className={CHART}>
            <CreditsChart days={days} />
          </div>
          <DaysTable days={days} />
        </Suspense>
      )}
    </Section>
  );
}

function Summary({ days, since }: { days: Day[]; since?: string }) {
  const spent = days.reduce((sum, day) => sum + day.spent, 0);
  return since ? (
    <>
      {credits(spent)} spent since {date(since)}
    </>
  ) : (
    <>
      {credits(spent)} spent in {DAYS} days
    </>
  );
}

/** The same as the chart, to be read out. */
function DaysTable({ days }: { days: Day[] }) {
  return (
    <div className="sr-only">
      <table>
        <caption>Credits by day</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Spent</th>
            <th scope="col">Balance at its end</th>
          </tr>
        </thead>
        <tbody>
          {days
            .filter((day) => day.spent !== 0)
            .map((day) => (
              <tr key={day.day}>
                <th scope="row">{date(`${day.day}T12:00:00`)}</th>
                <td>{number(day.spent)}</td>
                <td>{day.balance === undefined ? "Unknown" : number(day.balance)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
