/** What is above the tasks: how they are shown and which; and below, what can be done with the chosen. */
import { Kanban, Sparkles, Table2, Trash2 } from "lucide-react";
import { useClusters } from "@/pages/planner/data";
import { ActionButtons } from "@/ui/ActionButtons";
import type { Selection } from "@/ui/DataTable";
import { type Filter, FilterPanel } from "@/ui/FilterPanel";
import { ViewToggle } from "@/ui/ViewToggle";
import { isFree, loadedTasks, removeTasks, STATUSES, useOpenJobs, write } from "./useTasks";

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
  const clusters = useClusters(site).data?.rows ?? [];
  const filters: Filter[] = [
    // The board has a column for each status.
    ...(view === "table" ? [{ name: "status", label: "Any status", kind: "choice" as const, options: STATUSES }] : []),
    {
      name: "cluster",
      label: "Any cluster",
      kind: "choice",
      options: clusters.map((cluster) => ({ id: cluster.id, name: cluster.name })),
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
export function ChosenTasks({ selection }: { selection: Selection }) {
  const jobs = useOpenJobs();
  const clear = () => selection.set(new Set());
  const loaded = loadedTasks();
  const free = [...selection.ids].flatMap((id) => {
    const task = loaded.get(id);
    return task && isFree(task, jobs) ? [task] : [];
  });
  const left = selection.ids.size - free.length;
  return (
    <ActionButtons
      chosen={selection.ids.size}
      noun="task"
      clear={clear}
      actions={[
        { label: "Write", icon: Sparkles, disabled: free.length === 0, run: () => write(free, left, clear) },
        {
          label: "Delete",
          icon: Trash2,
          danger: true,
          disabled: free.length === 0,
          run: () => void removeTasks(free).then((done) => done && clear()),
        },
      ]}
    />
  );
}
