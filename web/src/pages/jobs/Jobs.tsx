import { Workflow } from "lucide-react";
import { useNavigate } from "react-router";
import { api, call } from "@/api/client";
import { useList } from "@/api/query";
import { isOpen } from "@/api/resources";
import type { Job } from "@/api/types";
import { ago, FUNCTIONS, functionName, number } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { Progress } from "@/ui/Progress";
import { EmptyState } from "@/ui/states";

const COLUMNS: Column<Job>[] = [
  { id: "function", header: "Job", cell: (job) => <span className="font-medium">{functionName(job.function)}</span> },
  { id: "status", header: "Status", cell: (job) => <StatusBadge status={job.status} /> },
  {
    id: "progress",
    header: "Progress",
    className: "w-56",
    cell: ({ function: name, progress: { done, failed, cancelled, total } }) => (
      <span className="flex items-center gap-3">
        <Progress
          label={`Progress of ${functionName(name)}`}
          done={done}
          failed={failed + cancelled}
          total={total}
          className="min-w-16 flex-1 max-sm:hidden"
        />
        <span className="text-xs whitespace-nowrap text-ink-soft tabular-nums">
          {number(done)} / {number(total)}
          {failed > 0 && <span className="text-bad"> · {number(failed)} failed</span>}
        </span>
      </span>
    ),
  },
  {
    id: "credits",
    header: "Credits",
    right: true,
    className: "max-sm:hidden",
    cell: ({ credits }) => number(credits.charged),
  },
  {
    id: "created_at",
    header: "Started",
    right: true,
    className: "whitespace-nowrap max-sm:hidden",
    cell: (job) => ago(job.created_at),
  },
];

const FILTERS = [
  {
    name: "function",
    label: "All jobs",
    kind: "choice" as const,
    options: Object.entries(FUNCTIONS).map(([id, name]) => ({ id, name })),
  },
];

export function Jobs() {
  const navigate = useNavigate();
  const { values, set, any } = useFilters(["function"]);
  const list = useList<Job>(
    "jobs",
    values,
    (cursor) =>
      call(api.GET("/api/system/jobs", { params: { query: { limit: 50, cursor, count: !cursor, ...values } } })),
    { refetchInterval: (rows) => (rows.some(isOpen) ? 3000 : false) },
  );
  return (
    <Page title="Jobs" intro="Everything that takes time: how far it is, what it cost, and what went wrong.">
      <FilterPanel table="jobs" filters={FILTERS} values={values} set={set} />
      <DataTable
        label="Jobs"
        list={list}
        columns={COLUMNS}
        rowLabel={(job) => functionName(job.function)}
        onOpen={(job) => void navigate(`/jobs/${job.id}`)}
        empty={
          any ? (
            <EmptyState icon={Workflow} title="No such job">
              No job of this kind was started yet.
            </EmptyState>
          ) : (
            <EmptyState
              icon={Workflow}
              title="No jobs yet"
              action={
                <LinkButton look="primary" to="/planner/keywords">
                  Go to keywords
                </LinkButton>
              }
            >
              Clustering, ideas, articles and publishing run as jobs and stay here with their cost.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}
