/** The tasks as a table, with the actions of each. */
import { FileText, Pencil, RotateCcw, Sparkles, Trash2 } from "lucide-react";
import { useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import type { Task } from "@/api/types";
import { ago, number, words } from "@/lib/format";
import { useClusters } from "@/pages/planner/data";
import { RowActions } from "@/ui/ActionButtons";
import { StatusBadge } from "@/ui/Badge";
import { type Column, DataTable, type Selection } from "@/ui/DataTable";
import type { MenuEntry } from "@/ui/Menu";
import { TitleButton } from "@/ui/TitleButton";
import { isFree, removeTasks, useOpenJobs, write } from "./useTasks";

export function TaskTable({
  site,
  list,
  selection,
  empty,
  open,
  edit,
}: {
  site: string;
  list: List<Task>;
  selection?: Selection;
  empty: React.ReactNode;
  open: (task: Task) => void;
  edit: (task: Task) => void;
}) {
  const navigate = useNavigate();
  const may = useMay("editor");
  const jobs = useOpenJobs();
  const names = new Map((useClusters(site).data?.rows ?? []).map((cluster) => [cluster.id, cluster.name]));
  const entries = (task: Task): MenuEntry[] => {
    const free = isFree(task, jobs);
    const all: (MenuEntry | false | null | undefined)[] = [
      free && {
        id: "write",
        label: task.status === "failed" ? "Try again" : "Write",
        icon: task.status === "failed" ? RotateCcw : Sparkles,
        run: () => write([task], 0),
      },
      free && { id: "edit", label: "Edit", icon: Pencil, run: () => edit(task) },
      task.content_id && {
        id: "open",
        label: "Open in the editor",
        icon: FileText,
        run: () => void navigate(`/writer/content/${task.content_id}`),
      },
      free && { id: "delete", label: "Delete", icon: Trash2, danger: true, run: () => void removeTasks([task]) },
    ].map((entry) => entry || false);
    return all.flatMap((entry) => entry || []);
  };
  const columns: Column<Task>[] = [
    {
      id: "title",
      header: "Title",
      className: "w-full max-w-0 min-w-28 sm:min-w-64",
      cell: (task) => <TitleButton name={task.title} open={() => open(task)} />,
    },
    {
      id: "status",
      header: "Status",
      cell: (task) => (
        <span className="flex min-w-0 items-center gap-2">
          <StatusBadge status={task.status} />
          {task.status === "failed" && task.error && (
            <span className="max-w-56 truncate text-xs text-bad max-2xl:hidden" title={task.error}>
              {task.error}
            </span>
          )}
        </span>
      ),
    },
    {
      id: "structure",
      header: "Structure",
      className: "max-lg:hidden whitespace-nowrap",
      cell: (task) => words(task.structure),
    },
    {
      id: "keyword",
      header: "Keyword",
      className: "max-xl:hidden max-w-44 truncate",
      cell: (task) => task.keywords[0] ?? "",
    },
    {
      id: "cluster",
      header: "Cluster",
      className: "max-2xl:hidden max-w-48 truncate",
      cell: (task) => names.get(task.cluster_id ?? "") ?? "",
    },
    {
      id: "words",
      header: "Words",
      right: true,
      className: "max-sm:hidden",
      cell: (task) => number(task.estimated_words),
    },
    {
      id: "updated_at",
      header: "Updated",
      className: "max-md:hidden whitespace-nowrap text-ink-soft",
      cell: (task) => ago(task.updated_at),
    },
    ...(may
      ? [
          {
            id: "actions",
            header: "",
            className: "w-12",
            cell: (task: Task) =>
              entries(task).length > 0 && <RowActions label={`Actions for ${task.title}`} entries={entries(task)} />,
          },
        ]
      : []),
  ];
  return (
    <DataTable
      label="Tasks"
      list={list}
      columns={columns}
      selection={may ? selection : undefined}
      empty={empty}
      onOpen={open}
      rowLabel={(task) => task.title}
    />
  );
}
