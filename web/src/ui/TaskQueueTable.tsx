/** Jobs as a table: what each does now, how far it is, what it costs, and what can be done with it. */
import { Ban, RotateCcw, Undo2, Workflow } from "lucide-react";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import { useSites } from "@/api/resources";
import type { Job } from "@/api/types";
import { functionName, number } from "@/lib/format";
import { doing, isOpen, mostSpent } from "@/lib/jobs";
import { useStable } from "@/lib/useStable";
import { actionsColumn } from "./ActionButtons";
import { Ago } from "./Ago";
import { StatusBadge } from "./Badge";
import { type Column, DataTable } from "./DataTable";
import { act, actionOf, retryName } from "./jobActions";
import type { MenuEntry } from "./Menu";
import { Progress } from "./Progress";

const FIXED: Column<Job>[] = [
  {
    id: "function",
    header: "Job",
    width: { base: 7, sm: 8 },
    grows: true,
    wraps: true,
    cell: (job) => (
      <Link to={`/jobs/${job.id}`} className="font-medium hover:underline">
        {functionName(job.function)}
      </Link>
    ),
  },
  {
    id: "status",
    header: "Status",
    width: { base: 6.5, md: 10, lg: 15, "2xl": 22 },
    cell: (job) => (
      <>
        <StatusBadge status={job.status} />
        {job.status === "running" && <span className="ml-2 text-xs text-ink-soft max-md:hidden">{doing(job)}</span>}
        {job.error && (
          <span className="ml-2 text-xs text-bad max-lg:hidden" title={job.error}>
            {job.error}
          </span>
        )}
      </>
    ),
  },
  {
    id: "progress",
    header: "Progress",
    width: { base: 7, sm: 13, xl: 14 },
    cell: ({ function: name, progress: { done, failed, cancelled, total } }) => (
      <span className="flex items-center gap-3">
        <Progress
          label={`Progress of ${functionName(name)}`}
          done={done}
          failed={failed + cancelled}
          total={total}
          className="min-w-16 flex-1 max-sm:hidden"
        />
        <span className="text-xs text-ink-soft tabular-nums max-sm:whitespace-normal">
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
    width: { sm: 8.5 },
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
    width: { sm: 8 },
    cell: (job) => <Ago at={job.created_at} />,
  },
];

const entriesOf = (job: Job, open: (job: Job) => void): MenuEntry[] => {
  const action = actionOf(job);
  return [
    { id: "open", label: "See its items", icon: Workflow, run: () => open(job) },
    ...(action === "cancel"
      ? [{ id: "cancel", label: "Cancel the job", icon: Ban, danger: true, run: () => void act(action, job) }]
      : []),
    ...(action === "retry"
      ? [{ id: "retry", label: retryName(job), icon: RotateCcw, run: () => void act(action, job) }]
      : []),
    ...(action === "undo"
      ? [{ id: "undo", label: "Undo the merge", icon: Undo2, run: () => void act(action, job) }]
      : []),
  ];
};

export function TaskQueueTable({ list, empty }: { list: List<Job>; empty: React.ReactNode }) {
  const navigate = useNavigate();
  const may = useMay("editor");
  const sites = useSites().data;
  const open = useStable((job: Job) => void navigate(`/jobs/${job.id}`));
  const columns = useMemo(() => {
    const all = [...FIXED];
    if (sites && sites.length > 1) {
      const names = new Map(sites.map((site) => [site.id, site.name]));
      all.splice(1, 0, {
        id: "site",
        header: "Site",
        width: { xl: 8, "2xl": 12 },
        cell: (job) => names.get(job.site_id ?? "") ?? "",
      });
    }
    if (!may) return all;
    return [
      ...all,
      actionsColumn(
        (job: Job) => functionName(job.function),
        (job: Job) => entriesOf(job, open),
      ),
    ];
  }, [sites, may, open]);
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
