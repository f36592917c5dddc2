/** The tasks by how far they are: a column for each status, with its count from the server. */
import { Clock } from "lucide-react";
import { useMay } from "@/api/query";
import type { Task, TaskStatus } from "@/api/types";
import { moment, number } from "@/lib/format";
import { Button } from "@/ui/Button";
import type { Selection } from "@/ui/DataTable";
import { Checkbox } from "@/ui/Field";
import { SideScroll } from "@/ui/SideScroll";
import { ErrorState, Skeleton } from "@/ui/states";
import { isFree, STATUSES, useOpenJobs, useTaskList, waitsForItsTime } from "./useTasks";

export function TaskBoard({
  site,
  cluster,
  selection,
  open,
}: {
  site: string;
  cluster?: string;
  selection?: Selection;
  open: (task: Task) => void;
}) {
  return (
    <SideScroll label="Tasks by status">
      {/* All of them have room at 1440 pixels. */}
      <div className="grid auto-cols-[minmax(11.5rem,1fr)] grid-flow-col gap-3 max-sm:auto-cols-[15rem]">
        {STATUSES.map((status) => (
          <Column
            key={status.id}
            status={status.id}
            name={status.name}
            site={site}
            cluster={cluster}
            selection={selection}
            open={open}
          />
        ))}
      </div>
    </SideScroll>
  );
}

function Column({
  status,
  name,
  site,
  cluster,
  selection,
  open,
}: {
  status: TaskStatus;
  name: string;
  site: string;
  cluster?: string;
  selection?: Selection;
  open: (task: Task) => void;
}) {
  const list = useTaskList(site, { status, ...(cluster && { cluster_id: cluster }) }, 20);
  return (
    <section aria-label={name} className="flex min-h-64 flex-col rounded-xl bg-sunk p-2">
      <h2 className="flex items-center justify-between px-1.5 py-1 text-sm">
        {name}
        <span className="font-normal text-ink-soft tabular-nums">
          {list.total === undefined ? <Skeleton className="h-4 w-6" /> : number(list.total)}
        </span>
      </h2>
      {list.error !== null && list.rows.length === 0 && <ErrorState error={list.error} again={list.again} />}
      <ul className="mt-1 flex max-h-[calc(100dvh-19rem)] min-h-40 flex-col gap-2 overflow-y-auto p-0.5">
        {list.loading && [1, 2, 3].map((one) => <Skeleton key={one} className="h-20 w-full bg-card" />)}
        {list.rows.map((task) => (
          <li key={task.id}>
            <Card task={task} selection={selection} open={() => open(task)} />
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <Button size="sm" look="quiet" className="mt-1" onPress={list.more}>
          Show more
        </Button>
      )}
    </section>
  );
}

function Card({ task, selection, open }: { task: Task; selection?: Selection; open: () => void }) {
  const jobs = useOpenJobs();
  const may = useMay("editor");
  const free = isFree(task, jobs);
  const toggle = () => {
    const next = new Set(selection?.ids);
    if (!next.delete(task.id)) next.add(task.id);
    selection?.set(next);
  };
  return (
    <div className="card relative flex gap-2 p-3 hover:border-line-strong">
      {may && free && selection && (
        <span className="relative z-10">
          <Checkbox aria-label={`Choose ${task.title}`} isSelected={selection.ids.has(task.id)} onChange={toggle} />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <button
          type="button"
          onClick={open}
          className="cursor-pointer text-left font-medium break-words after:absolute after:inset-0 after:rounded-xl"
        >
          {task.title}
        </button>
        <p className="mt-1 truncate text-xs text-ink-soft">
          {`${number(task.estimated_words)} words · `}
          {task.job_id && jobs.has(task.job_id) && task.status === "queued"
            ? "waiting to be written"
            : (task.keywords[0] ?? "no keywords")}
        </p>
        {waitsForItsTime(task) && (
          <p className="mt-1 flex items-center gap-1 text-xs text-ink-soft">
            <Clock className="size-3.5 shrink-0" aria-hidden />
            {moment(task.scheduled_at ?? "")}
            <span className="sr-only"> is when it is to be written</span>
          </p>
        )}
        {task.error && task.status === "failed" && <p className="mt-1 line-clamp-3 text-xs text-bad">{task.error}</p>}
      </div>
    </div>
  );
}
