/** Orders to write something: as a board or a table, and what can be done with them. */
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Task, TaskStatus } from "@/api/types";
import { Button, LinkButton } from "@/ui/Button";
import type { Selection } from "@/ui/DataTable";
import { useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { EmptyState, Skeleton } from "@/ui/states";
import { useSelection } from "@/ui/useSelection";
import { NoSite } from "./NoSite";
import { TaskBoard } from "./TaskBoard";
import { TaskDialog } from "./TaskDialog";
import { ChosenTasks, TaskFilters } from "./TaskFilters";
import { TaskForm } from "./TaskForm";
import { TaskTable } from "./TaskTable";
import { isFree, useClusterFilter, useOpenJobs, useTaskList, useTasksOnScreen } from "./useTasks";
import { WriteAll } from "./WriteAll";

const NAMES = ["view", "status", "cluster", "task"] as const;

export function Tasks() {
  const { site, loading, error, again } = useSite();
  const may = useMay("editor");
  const { values, set } = useFilters(NAMES);
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<Task>();
  const view = values.view === "table" ? "table" : "board";
  const cluster = useClusterFilter(site?.id, values.cluster);
  const jobs = useOpenJobs();
  const tasks = useTasksOnScreen();
  // A card of the board can only be chosen while its task is free.
  const rows = useMemo(
    () => (view === "board" ? tasks.filter((task) => isFree(task, jobs)) : tasks),
    [view, tasks, jobs],
  );
  const chosen = useSelection(rows, JSON.stringify([site?.id, view, values.status, cluster]));
  const { selection } = chosen;
  const open = (task: Task) => set({ task: task.id });
  return (
    <Page
      title="Tasks"
      intro="What is going to be written. Choose tasks and write them; each becomes a draft."
      actions={
        may &&
        site && (
          <>
            <WriteAll site={site.id} name={site.name} />
            <Button look="primary" icon={Plus} onPress={() => setAdding(true)}>
              Add task
            </Button>
          </>
        )
      }
    >
      {!site ? (
        loading ? (
          <Skeleton className="h-96 w-full" />
        ) : (
          <NoSite error={error} again={again} />
        )
      ) : (
        <>
          <TaskFilters site={site.id} view={view} values={values} set={set} />
          {view === "board" ? (
            <Board key={site.id} site={site.id} cluster={cluster} selection={selection} open={open} may={may} />
          ) : (
            <TableView
              key={site.id}
              site={site.id}
              status={values.status as TaskStatus | undefined}
              cluster={cluster}
              selection={selection}
              open={open}
              edit={setEditing}
            />
          )}
          {may && <ChosenTasks {...chosen} />}
          {adding && <TaskForm site={site.id} close={() => setAdding(false)} />}
          {editing && <TaskForm site={site.id} task={editing} close={() => setEditing(undefined)} />}
        </>
      )}
      {values.task && <TaskDialog id={values.task} close={() => set({ task: "" })} />}
    </Page>
  );
}

type Shared = {
  site: string;
  cluster?: string;
  selection: Selection;
  open: (task: Task) => void;
};

/** The board; without any task, what would be on it. */
function Board({ may, ...shared }: Shared & { may: boolean }) {
  const all = useTaskList(shared.site, shared.cluster ? { cluster_id: shared.cluster } : {}, 1);
  if (all.total === 0) {
    return (
      <div className="card">
        <NoTasks filtered={shared.cluster !== undefined} may={may} />
      </div>
    );
  }
  return <TaskBoard {...shared} />;
}

function TableView({ status, edit, ...shared }: Shared & { status?: TaskStatus; edit: (task: Task) => void }) {
  const may = useMay("editor");
  const { site, cluster, selection, open } = shared;
  const list = useTaskList(site, { ...(status && { status }), ...(cluster && { cluster_id: cluster }) });
  const filtered = Boolean(status || cluster);
  return (
    <TaskTable
      site={site}
      list={list}
      selection={selection}
      open={open}
      edit={edit}
      empty={<NoTasks filtered={filtered} may={may} />}
    />
  );
}

function NoTasks({ filtered, may }: { filtered: boolean; may: boolean }) {
  if (filtered) return <EmptyState title="No tasks match">Change the filters, or clear them.</EmptyState>;
  return (
    <EmptyState
      title="No tasks yet"
      action={
        may && (
          <LinkButton look="primary" to="/planner/ideas">
            Go to ideas
          </LinkButton>
        )
      }
    >
      A task says what to write. Make tasks from ideas, or add one by hand.
    </EmptyState>
  );
}
