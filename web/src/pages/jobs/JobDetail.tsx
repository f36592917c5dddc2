import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban, RotateCcw } from "lucide-react";
import { useParams } from "react-router";
import { api, call } from "@/api/client";
import { invalidate, queryClient, useBalance, useList, useMay } from "@/api/query";
import { isOpen } from "@/api/resources";
import type { Item, Job } from "@/api/types";
import { count, credits, functionName, moment, number, words } from "@/lib/format";
import { AIStatusBar, outcome } from "@/shell/JobTray";
import { StatusBadge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";

type Row = Item & { id: string };

const COLUMNS: Column<Row>[] = [
  { id: "title", header: "Item", cell: (item) => <span className="line-clamp-2">{item.title}</span> },
  {
    id: "state",
    header: "State",
    cell: (item) => (
      <span className="flex flex-wrap items-center gap-x-2">
        <StatusBadge status={item.state} />
        {item.state === "running" && <span className="text-xs text-ink-soft">{words(item.phase)}</span>}
      </span>
    ),
  },
  {
    id: "error",
    header: "What happened",
    cell: ({ error, state, attempts }) =>
      error ? (
        <span className={state === "succeeded" ? "text-ink-soft" : undefined}>
          {error.message}
          {error.will_retry && " It will be tried again by itself."}
        </span>
      ) : (
        attempts > 1 && <span className="text-ink-soft">{count(attempts, "attempt")}</span>
      ),
  },
  { id: "charged", header: "Credits", right: true, cell: (item) => number(item.charged) },
];

export function JobDetail() {
  const id = useParams().id ?? "";
  const may = useMay("editor");
  const query = useQuery({
    queryKey: ["jobs", id],
    queryFn: async () => (await call(api.GET("/api/system/jobs/{id}", { params: { path: { id } } }))) as Job,
    refetchInterval: (one) => (one.state.data && isOpen(one.state.data) ? 1500 : false),
  });
  const job = query.data;
  const items = useList<Row>(
    "jobs",
    [id, "items", job?.progress],
    async (cursor) => {
      const path = { id };
      const page = await call(
        api.GET("/api/system/jobs/{id}/items", { params: { path, query: { limit: 100, cursor, count: !cursor } } }),
      );
      return { ...page, items: page.items.map((item) => ({ ...item, id: String(item.index) }) as Row) };
    },
    { enabled: job !== undefined },
  );
  if (query.error) {
    return (
      <Page title="Job">
        <ErrorState error={query.error} again={() => void query.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={job ? functionName(job.function) : "Job"}
      intro={job ? `Started ${moment(job.created_at)}` : <Skeleton className="mt-1 h-4 w-40" />}
      actions={may && job && <Deeds job={job} />}
    >
      {job?.error && (
        <p role="alert" className="card border-bad bg-bad-soft px-4 py-3 text-bad">
          {job.error}
        </p>
      )}
      <StatsCards
        stats={[
          {
            label: "Status",
            value: job && <StatusBadge status={job.status} />,
            // On a phone the sentence takes two lines: they are held free.
            note: <span className="block max-sm:min-h-8">{job && !isOpen(job) ? outcome(job) : "\u00a0"}</span>,
          },
          { label: "Done", value: job && `${number(job.progress.done)} of ${number(job.progress.total)}` },
          {
            label: "Credits spent",
            value: job && number(job.credits.charged),
            note: job && isOpen(job) ? `${credits(job.credits.reserved)} reserved for the rest` : undefined,
          },
          { label: "Given back", value: job && number(job.credits.refunded), note: "for what failed or was cancelled" },
        ]}
      />
      {job && isOpen(job) && <AIStatusBar job={job} />}
      <DataTable
        label="Items of this job"
        list={items}
        columns={COLUMNS}
        rowLabel={(item) => item.title}
        empty={<EmptyState title="The items are being prepared">They appear here in a moment.</EmptyState>}
      />
    </Page>
  );
}

/** What can be done with a job: stop it while it runs, try again what failed. */
function Deeds({ job }: { job: Job }) {
  const available = useBalance().data?.available;
  const path = { id: job.id };
  const after = (next: Job) => {
    queryClient.setQueryData(["jobs", job.id], next);
    invalidate("jobs", "balance");
  };
  const cancel = useMutation({
    mutationFn: async () => (await call(api.POST("/api/system/jobs/{id}/cancel", { params: { path } }))) as Job,
    onSuccess: (next) => {
      after(next);
      told("The job is being cancelled. What is running now still ends.");
    },
    onError: failed,
  });
  const retry = useMutation({
    mutationFn: async () => (await call(api.POST("/api/system/jobs/{id}/retry", { params: { path } }))) as Job,
    onSuccess: (next) => {
      after(next);
      told("What failed is tried again.");
    },
    onError: failed,
  });
  const { done, failed: broken, cancelled, total } = job.progress;
  const waiting = total - done - broken - cancelled;
  if (isOpen(job)) {
    return (
      <Button
        icon={Ban}
        look="danger"
        busy={cancel.isPending}
        onPress={async () => {
          const yes = await confirm({
            title: "Cancel this job?",
            body: `${count(waiting, "item")} that did not begin yet will not be done, and their credits are given back. What is done stays.`,
            action: "Cancel the job",
            danger: true,
          });
          if (yes) cancel.mutate();
        }}
      >
        Cancel the job
      </Button>
    );
  }
  if (broken === 0) return null;
  // What was given back for those that failed is what they take again.
  const most = Math.ceil((job.credits.refunded * broken) / (broken + cancelled));
  return (
    <Button
      icon={RotateCcw}
      look="primary"
      busy={retry.isPending}
      onPress={async () => {
        const yes = await confirm({
          title: `Try ${count(broken, "item")} again?`,
          body: `This takes about ${credits(most)}; you have ${available === undefined ? "…" : number(available)}. Charged as items succeed, given back for what fails.`,
          action: `Try ${count(broken, "item")} again`,
        });
        if (yes) retry.mutate();
      }}
    >
      Try {count(broken, "item")} again
    </Button>
  );
}
