import { useEffect, useRef } from "react";
import { useParams } from "react-router";
import { api, call } from "@/api/client";
import { invalidate, useList } from "@/api/query";
import { useJob } from "@/api/resources";
import type { Item, Job } from "@/api/types";
import { count, functionName, moment, number } from "@/lib/format";
import { phaseName } from "@/lib/jobs";
import { StatusBadge } from "@/ui/Badge";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page } from "@/ui/Page";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { JobButton, TaskControlPanel } from "@/ui/TaskControlPanel";

type Row = Item & { id: string; function: string };

/** Items are read again at most so often, however much is told of their job. */
const EVERY = 1000;

const COLUMNS: Column<Row>[] = [
  {
    id: "title",
    header: "Item",
    width: 8,
    grows: true,
    wraps: true,
    cell: (item) => (
      <>
        <span className="line-clamp-2">{item.title}</span>
        {/* A phone has no room for a column of its own. */}
        <span className="sm:hidden">
          <StatusBadge status={item.state} />
        </span>
      </>
    ),
  },
  {
    id: "state",
    header: "Status",
    width: { sm: 9, md: 15 },
    wraps: true,
    cell: (item) => (
      <span className="flex flex-wrap items-center gap-x-2">
        <StatusBadge status={item.state} />
        {item.state === "running" && <span className="text-xs text-ink-soft">{phaseName(item.phase, item)}</span>}
      </span>
    ),
  },
  {
    id: "error",
    header: "What happened",
    width: 9,
    grows: true,
    wraps: true,
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
  { id: "charged", header: "Credits", right: true, width: { sm: 5.5 }, cell: (item) => number(item.charged) },
];

/** The items of a job; read again when something is told of the job at `toldAt`. */
function useItems(id: string, job: Job | undefined, toldAt: number) {
  const read = useRef({ id: "", at: 0 });
  const known = job !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that something is told
  useEffect(() => {
    if (!known) return;
    if (read.current.id !== id) {
      // The items are on their way as they are now.
      read.current = { id, at: Date.now() };
      return;
    }
    const timer = setTimeout(
      () => {
        read.current.at = Date.now();
        invalidate("job-items");
      },
      Math.max(0, read.current.at + EVERY - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [id, known, toldAt]);
  return useList<Row>(
    "job-items",
    id,
    async (cursor) => {
      const path = { id };
      const page = await call(
        api.GET("/api/system/jobs/{id}/items", { params: { path, query: { limit: 100, cursor, count: !cursor } } }),
      );
      const name = job?.function ?? "";
      return {
        ...page,
        items: page.items.map((item) => ({ ...(item as Item), id: String(item.index), function: name })),
      };
    },
    { enabled: known },
  );
}

export function JobDetail() {
  const id = useParams().id ?? "";
  const query = useJob(id);
  const job = query.data;
  const items = useItems(id, job, query.dataUpdatedAt);
  if (query.error && !job) {
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
      actions={job && <JobButton job={job} />}
    >
      <TaskControlPanel job={job} />
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
