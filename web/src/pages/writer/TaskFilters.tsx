/** What is above the tasks: how they are shown and which; and below, what can be done with the chosen. */
import { Kanban, Sparkles, Table2, Trash2 } from "lucide-react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { cx } from "@/lib/cx";
import { useClusters } from "@/pages/planner/data";
import { ActionButtons } from "@/ui/ActionButtons";
import type { Selection } from "@/ui/DataTable";
import { type Filter, FilterPanel } from "@/ui/FilterPanel";
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
    ...(view === "table"
      ? [{ name: "status", label: "All statuses", kind: "choice" as const, options: STATUSES }]
      : []),
    {
      name: "cluster",
      label: "All clusters",
      kind: "choice",
      options: clusters.map((cluster) => ({ id: cluster.id, name: cluster.name })),
    },
  ];
  return (
    <div className="flex flex-wrap items-end justify-between gap-3">
      <div className="flex-1 max-sm:basis-full">
        <FilterPanel table="tasks" filters={filters} values={values} set={set} />
      </div>
      <ToggleButtonGroup
        aria-label="Show as"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[view]}
        onSelectionChange={(keys) =>
          set({ view: [...keys][0] === "table" ? "table" : "", ...(view === "table" && { status: "" }) })
        }
        className="flex rounded-lg bg-sunk p-0.5"
      >
        {VIEWS.map((one) => (
          <ToggleButton
            key={one.id}
            id={one.id}
            className={({ isSelected }) =>
              cx(
                "flex h-8 cursor-pointer items-center gap-1.5 rounded-md px-3 text-[13px] font-medium",
                isSelected ? "bg-card shadow-sm" : "text-ink-soft hover:text-ink",
              )
            }
          >
            <one.icon className="size-4" aria-hidden />
            {one.name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
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
