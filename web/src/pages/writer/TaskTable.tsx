/** The tasks as a table, with the actions of each. */
import { Clock, FileText, Pencil, RotateCcw, Sparkles, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import type { Task } from "@/api/types";
import { ago, moment, number, words } from "@/lib/format";
import { entityName } from "@/lib/kinds";
import { useStable } from "@/lib/useStable";
import { useClusters } from "@/pages/planner/data";
import { actionsColumn } from "@/ui/ActionButtons";
import { StatusBadge } from "@/ui/Badge";
import { type Column, DataTable, type Selection } from "@/ui/DataTable";
import type { MenuEntry } from "@/ui/Menu";
import { TitleButton } from "@/ui/TitleButton";
import { isFree, removeTasks, useOpenJobs, waitsForItsTime, write } from "./useTasks";

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
  const clusters = useClusters(site).data?.rows;
  const entriesOf = useStable((task: Task): MenuEntry[] => {
    const free = isFree(task, jobs);
    const all: (MenuEntry | false)[] = [
      free && {
        id: "write",
        label: task.status === "failed" ? "Try again" : "Write",
        icon: task.status === "failed" ? RotateCcw : Sparkles,
        run: () => write([task], 0),
      },
      free && { id: "edit", label: "Edit", icon: Pencil, run: () => edit(task) },
      Boolean(task.content_id) && {
        id: "open",
        label: "Open in the editor",
        icon: FileText,
        run: () => void navigate(`/writer/content/${task.content_id}`),
      },
      free && { id: "delete", label: "Delete", icon: Trash2, danger: true, run: () => void removeTasks([task]) },
    ];
    return all.filter((entry) => entry !== false);
  });
  const openTask = useStable(open);
  const columns = useMemo(() => {
    const names = new Map(clusters?.map((cluster) => [cluster.id, cluster.name]));
    const all = columnsOf(names, openTask);
    const hasAny = (task: Task) => isFree(task, jobs) || Boolean(task.content_id);
    return may ? [...all, actionsColumn(({ title }) => title, entriesOf, hasAny)] : all;
  }, [clusters, jobs, may, openTask, entriesOf]);
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

/** It is not written before its time. */
function ClockMark({ at }: { at?: string | null }) {
  const said = `To be written ${moment(at ?? "")}`;
  return (
    <span title={said} className="ml-1.5 inline-flex align-middle text-ink-soft">
      <Clock className="size-3.5" aria-label={said} />
    </span>
  );
}

function columnsOf(clusters: Map<string, string>, open: (task: Task) => void): Column<Task>[] {
  return [
    {
      id: "title",
      header: "Title",
      width: { base: 7, sm: 14 },
      grows: true,
      cell: (task) => <TitleButton name={task.title} open={() => open(task)} />,
    },
    {
      id: "status",
      header: "Status",
      width: { base: 7.5, "2xl": 18 },
      cell: (task) => (
        <>
          <StatusBadge status={task.status} />
          {waitsForItsTime(task) && <ClockMark at={task.scheduled_at} />}
          {task.status === "failed" && task.error && (
            <span className="ml-2 text-xs text-bad max-2xl:hidden" title={task.error}>
              {task.error}
            </span>
          )}
        </>
      ),
    },
    { id: "kind", header: "Kind", width: { lg: 8.5 }, cell: (task) => entityName(task.entity_type) },
    { id: "structure", header: "Structure", width: { "2xl": 8 }, cell: (task) => words(task.structure) },
    { id: "keyword", header: "Keyword", width: { xl: 11 }, cell: (task) => task.keywords[0] ?? "" },
    {
      id: "cluster",
      header: "Cluster",
      width: { "2xl": 12 },
      cell: (task) => clusters.get(task.cluster_id ?? "") ?? "",
    },
    { id: "words", header: "Words", right: true, width: { sm: 5.5 }, cell: (task) => number(task.estimated_words) },
    {
      id: "updated_at",
      header: "Updated",
      width: { md: 8.5 },
      className: "text-ink-soft",
      cell: (task) => ago(task.updated_at),
    },
  ];
}
