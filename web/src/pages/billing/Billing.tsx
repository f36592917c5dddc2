import { ReceiptText } from "lucide-react";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import { useBalance, useList, useMe } from "@/api/query";
import { usePlans } from "@/api/resources";
import type { Transaction } from "@/api/types";
import { cx } from "@/lib/cx";
import { credits, date, FUNCTIONS, functionName, moment, money, number, words } from "@/lib/format";
import { mayOf } from "@/lib/rights";
import { Badge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { EmptyState, ErrorState, places, Skeleton } from "@/ui/states";

type Row = Transaction & { id: string };

/** The ledger names a function as the API does, `generate_content: …`; people know it by its name on screen. */
function reasonText(reason: string): string {
  const [name = "", ...rest] = reason.split(": ");
  return name in FUNCTIONS ? [functionName(name), ...rest].join(": ") : reason;
}

const COLUMNS: Column<Row>[] = [
  { id: "created_at", header: "When", width: { base: 8, sm: 10.5 }, cell: (row) => moment(row.created_at) },
  { id: "type", header: "Type", width: { sm: 7 }, cell: (row) => words(row.type) },
  {
    id: "reason",
    header: "For",
    width: 9,
    grows: true,
    wraps: true,
    cell: (row) =>
      row.job_id ? (
        <Link to={`/jobs/${row.job_id}`} className="text-brand hover:underline">
          {reasonText(row.reason)}
        </Link>
      ) : (
        reasonText(row.reason)
      ),
  },
  { id: "bucket", header: "From", width: { md: 7 }, cell: (row) => words(row.bucket) },
  {
    id: "amount",
    header: "Credits",
    width: { base: 5, sm: 6 },
    right: true,
    cell: (row) => (
      <span className={cx("font-medium", row.amount > 0 && "text-good")}>
        {row.amount > 0 ? "+" : "−"}
        {number(Math.abs(row.amount))}
      </span>
    ),
  },
  {
    id: "balance_after",
    header: "Balance",
    width: { sm: 6.5 },
    right: true,
    cell: (row) => number(row.balance_after),
  },
];

export function Billing() {
  const balance = useBalance();
  const data = balance.data;
  // The ledger and the log of use are for those who answer for the account.
  const isAdmin = mayOf(useMe().data, "admin");
  if (balance.error) {
    return (
      <Page title="Credits">
        <ErrorState error={balance.error} again={() => void balance.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title="Credits"
      intro="Credits pay for the work of the AI models. They are reserved when work is queued, charged when it succeeds and given back when it fails."
      actions={isAdmin && <LinkButton to="/billing/usage">Usage</LinkButton>}
    >
      <StatsCards
        stats={[
          { label: "Available", value: data && number(data.available), note: "balance minus what is reserved" },
          { label: "Reserved", value: data && number(data.reserved), note: "for work that is queued or running" },
          {
            label: "Monthly",
            value: data && number(data.monthly),
            note: data?.renews_at ? `renews on ${date(data.renews_at)}` : "spent first, does not roll over",
          },
          { label: "Bonus and packs", value: data && number(data.bonus), note: "never expire" },
        ]}
      />
      <Plans />
      {isAdmin && <Transactions />}
    </Page>
  );
}

function Transactions() {
  const list = useList<Row>("transactions", {}, async (cursor) => {
    const page = await call(
      api.GET("/api/billing/transactions", { params: { query: { limit: 100, cursor, count: !cursor } } }),
    );
    return { ...page, items: page.items.map((row) => ({ ...row, id: String(row.number) }) as Row) };
  });
  return (
    <section className="flex flex-col gap-3">
      <h2>Transactions</h2>
      <DataTable
        label="Transactions"
        list={list}
        columns={COLUMNS}
        rowLabel={(row) => row.reason}
        height="32rem"
        empty={
          <EmptyState icon={ReceiptText} title="No transactions yet">
            Every grant and every charge is kept here, and adds up to the balance.
          </EmptyState>
        }
      />
    </section>
  );
}

function Plans() {
  const current = useMe().data?.tenant.plan;
  const plans = usePlans();
  if (plans.error) return <ErrorState error={plans.error} again={() => void plans.refetch()} />;
  return (
    <section className="flex flex-col gap-3">
      <h2>Plans</h2>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-3">
        {plans.isPending && places(5).map((place) => <Skeleton key={place} className="h-40" />)}
        {plans.data?.map((plan) => (
          <li key={plan.id} className={cx("card flex flex-col gap-1 p-4", plan.id === current && "border-brand")}>
            <span className="flex items-center justify-between gap-2">
              <span className="font-semibold">{words(plan.id)}</span>
              {plan.id === current && <Badge tone="brand">Yours</Badge>}
            </span>
            <span className="text-lg font-semibold">
              {plan.price_cents == null ? "By contract" : money(plan.price_cents, 0)}
              {plan.price_cents != null && (
                <span className="text-xs font-normal text-ink-soft"> {plan.id === "trial" ? "once" : "a month"}</span>
              )}
            </span>
            <span>{plan.monthly_credits == null ? "Credits by contract" : credits(plan.monthly_credits)}</span>
            {/* A plan by contract has nothing to say in these lines. */}
            {plan.price_cents != null && (
              <>
                <span className="text-xs text-ink-soft">Meant for {plan.meant_for}</span>
                <span className="text-xs text-ink-soft">{words(plan.support_level)} support</span>
              </>
            )}
          </li>
        ))}
      </ul>
      <p className="text-[13px] text-ink-soft">
        Plans cannot be bought here yet. No plan limits the number of people or sites.
      </p>
    </section>
  );
}
