/** What is above the tasks: how they are shown and which; and below, what can be done with the chosen. */
import { Kanban, Sparkles, Table2, Trash2 } from "lucide-react";
import type { Task } from "@/api/types";
import { clusterOptions, useClusters } from "@/pages/planner/data";
import { ActionButtons } from "@/ui/ActionButtons";
import { type Filter, FilterPanel } from "@/ui/FilterPanel";
import type { useSelection } from "@/ui/useSelection";
import { ViewToggle } from "@/ui/ViewToggle";
import { isFree, removeTasks, STATUSES, useOpenJobs, write } from "./useTasks";

export type View = "board" | "table";

const VIEWS = [
  { id: "board", name: "Board", icon: Kanban },
  { id: "table", name: "Table", icon: Table2 },
] as const;

export function TaskFilters({
  site,
  view,
  values,
  set,
}: {
  site: string | undefined;
  view: View;
  values: Partial<Record<string, string>>;
  set: (changes: Record<string, string>) => void;
}) {
  const clusters = useClusters(site).data?.rows;
  const filters: Filter[] = [
    // The board has a column for each status.
    ...(view === "table" ? [{ name: "status", label: "Any status", kind: "choice" as const, options: STATUSES }] : []),
    {
      name: "cluster",
      label: "Any cluster",
      kind: "choice",
      options: clusterOptions(clusters, undefined),
    },
  ];
  return (
    <div className="flex flex-wrap items-end justify-between gap-3">
      <div className="flex-1 max-sm:basis-full">
        <FilterPanel table="tasks" filters={filters} values={values} set={set} />
      </div>
      <ViewToggle
        views={VIEWS}
        value={view}
        onChange={(next) => set({ view: next === "table" ? next : "", ...(view === "table" && { status: "" }) })}
      />
    </div>
  );
}

/** The bar of the chosen tasks. */
export function ChosenTasks({ chosen, clear, busy, run }: ReturnType<typeof useSelection<Task>>) {
  const jobs = useOpenJobs();
  const free = chosen.filter((task) => isFree(task, jobs));
  const disabled = busy || free.length === 0;
  return (
    <ActionButtons
      chosen={chosen.length}
      noun="task"
      clear={clear}
      actions={[
        { label: "Write", icon: Sparkles, disabled, run: () => write(free, chosen.length - free.length, clear) },
        { label: "Delete", icon: Trash2, danger: true, disabled, run: () => void run(removeTasks, free) },
      ]}
    />
  );
}
