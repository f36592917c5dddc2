/** Jobs as a table: what each does now, how far it is, what it costs, and what can be done with it. */
import { Ban, RotateCcw, Workflow } from "lucide-react";
import { useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import { useSites } from "@/api/resources";
import type { Job } from "@/api/types";
import { functionName, number } from "@/lib/format";
import { doing, isOpen, mostSpent } from "@/lib/jobs";
import { RowActions } from "./ActionButtons";
import { Ago } from "./Ago";
import { StatusBadge } from "./Badge";
import { type Column, DataTable } from "./DataTable";
import { act, actionOf, retryName } from "./jobActions";
import { Progress } from "./Progress";

const FIXED: Column<Job>[] = [
  { id: "function", header: "Job", cell: (job) => <span className="font-medium">{functionName(job.function)}</span> },
  {
    id: "status",
    header: "Status",
    cell: (job) => (
      <span className="flex min-w-0 items-center gap-2">
        <StatusBadge status={job.status} />
        {job.status === "running" && (
          <span className="text-xs whitespace-nowrap text-ink-soft max-md:hidden">{doing(job)}</span>
        )}
        {job.error && (
          <span className="max-w-56 truncate text-xs text-bad max-lg:hidden" title={job.error}>
            {job.error}
          </span>
        )}
      </span>
    ),
  },
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
    className: "max-sm:hidden whitespace-nowrap",
    cell: (job) => (
      <>
        {number(job.credits.charged)}
        {isOpen(job) && mostSpent(job) > 0 && <span className="text-ink-soft"> of up to {number(mostSpent(job))}</span>}
      </>
    ),
  },
  {
    id: "created_at",
    header: "Started",
    right: true,
    className: "whitespace-nowrap max-sm:hidden",
    cell: (job) => <Ago at={job.created_at} />,
  },
];

export function TaskQueueTable({ list, empty }: { list: List<Job>; empty: React.ReactNode }) {
  const navigate = useNavigate();
  const may = useMay("editor");
  const sites = useSites().data ?? [];
  const open = (job: Job) => void navigate(`/jobs/${job.id}`);
  const columns = [...FIXED];
  if (sites.length > 1) {
    const names = new Map(sites.map((site) => [site.id, site.name]));
    columns.splice(1, 0, {
      id: "site",
      header: "Site",
      className: "max-lg:hidden max-w-48 truncate",
      cell: (job) => names.get(job.site_id ?? "") ?? "",
    });
  }
  if (may) {
    columns.push({
      id: "actions",
      header: "",
      className: "w-12",
      cell: (job) => {
        const action = actionOf(job);
        const entries = [
          { id: "open", label: "See its items", icon: Workflow, run: () => open(job) },
          ...(action === "cancel"
            ? [{ id: "cancel", label: "Cancel the job", icon: Ban, danger: true, run: () => void act(action, job) }]
            : []),
          ...(action === "retry"
            ? [{ id: "retry", label: retryName(job), icon: RotateCcw, run: () => void act(action, job) }]
            : []),
        ];
        return <RowActions label={`Actions for ${functionName(job.function)}`} entries={entries} />;
      },
    });
  }
  return (
    <DataTable
      label="Jobs"
      list={list}
      columns={columns}
      rowLabel={(job) => functionName(job.function)}
      onOpen={open}
      empty={empty}
    />
  );
}
