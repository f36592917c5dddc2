/** Tasks as the pages of the writer read and change them. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { api, call } from "@/api/client";
import { invalidate, queryClient, useList } from "@/api/query";
import { useRecentJobs } from "@/api/resources";
import type { Task, TaskStatus } from "@/api/types";
import { count } from "@/lib/format";
import { isOpen } from "@/lib/jobs";
import { useClusters } from "@/pages/planner/data";
import { confirm } from "@/ui/ConfirmDialog";
import { spend } from "@/ui/spend";
import { failed, told } from "@/ui/ToastNotifications";

export const STATUSES: { id: TaskStatus; name: string }[] = [
  { id: "queued", name: "Queued" },
  { id: "in_progress", name: "In progress" },
  { id: "draft", name: "Draft" },
  { id: "review", name: "Review" },
  { id: "published", name: "Published" },
  { id: "failed", name: "Failed" },
];

/** The most tasks in one request to write. */
export const MOST_WRITTEN = 500;

/** The cluster in the address, unless it is of another site than the one in hand. */
export function useClusterFilter(site: string | undefined, wanted: string | undefined): string | undefined {
  const clusters = useClusters(site).data?.rows;
  return wanted && clusters?.some((one) => one.id === wanted) ? wanted : undefined;
}

export function useTaskList(
  site: string | undefined,
  filters: { status?: TaskStatus; cluster_id?: string },
  limit = 50,
) {
  const query = { site_id: site ?? "", count: true, limit, ...filters };
  return useList<Task>(
    "tasks",
    query,
    async (cursor) => (await call(api.GET("/api/writer/tasks", { params: { query: { ...query, cursor } } }))) as never,
    { enabled: site !== undefined },
  );
}

export function useTask(id: string | undefined) {
  return useQuery({
    queryKey: ["tasks", "one", id],
    enabled: id !== undefined,
    queryFn: () => call(api.GET("/api/writer/tasks/{id}", { params: { path: { id: id ?? "" } } })) as Promise<Task>,
  });
}

/** It is not written before a time that a person chose. */
export const waitsForItsTime = (task: Task) => task.status === "queued" && Boolean(task.scheduled_at);

/** The tasks of all lists that are on screen, as they are read. */
export function useTasksOnScreen(): Task[] {
  const lists = () => queryClient.getQueryCache().findAll({ queryKey: ["tasks", "list"], type: "active" });
  const read = useSyncExternalStore(
    useCallback((changed: () => void) => queryClient.getQueryCache().subscribe(changed), []),
    () =>
      lists()
        .map(({ queryHash, state }) => `${queryHash} ${state.dataUpdatedAt}`)
        .join(),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are other ones when one of them was read
  return useMemo(() => {
    const found = new Map<string, Task>();
    for (const { state } of lists()) {
      const data = state.data as { pages: { items: Task[] }[] } | undefined;
      for (const task of data?.pages.flatMap((page) => page.items) ?? []) found.set(task.id, task);
    }
    return [...found.values()];
  }, [read]);
}

/** The jobs that run now; a task of one of them waits or is being written. */
export function useOpenJobs(): ReadonlySet<string> {
  const jobs = useRecentJobs().data;
  return useMemo(() => new Set(jobs?.filter(isOpen).map((job) => job.id)), [jobs]);
}

/** Nobody writes it and nothing came of it yet: it can be changed, written and deleted. */
export function isFree(task: Task, open: ReadonlySet<string>): boolean {
  if (task.content_id) return false;
  return (task.status === "queued" || task.status === "failed") && !(task.job_id && open.has(task.job_id));
}

/** Asks what it costs, and writes. `left` are chosen ones that cannot be written. */
export function write(tasks: Task[], left: number, then?: () => void): void {
  const chosen = tasks.slice(0, MOST_WRITTEN);
  const body = { task_ids: chosen.map((task) => task.id) };
  const again = chosen.every((task) => task.status === "failed");
  const more = tasks.length - chosen.length;
  spend({
    title: again ? "Write again" : "Write articles",
    what: [
      chosen.length === 1 && chosen[0]
        ? `Writes “${chosen[0].title}” as a draft that you can edit.`
        : `Writes ${count(chosen.length, "article")} as drafts that you can edit.`,
      left > 0 && `${count(left, "chosen task")} cannot be written now and will be left out.`,
      more > 0 && `At most ${MOST_WRITTEN} are written at once; ${more} stay for the next time.`,
    ]
      .filter(Boolean)
      .join(" "),
    noun: "article",
    order: { path: "/api/writer/generate", body },
    onStarted: () => then?.(),
  });
}

/** Asks, and deletes; says how many were deleted and why others were not. Answers which are still there. */
export async function removeTasks(tasks: Task[]): Promise<Set<string>> {
  const [first] = tasks;
  const left = new Set(tasks.map((task) => task.id));
  if (!first) return left;
  const what = tasks.length === 1 ? `“${first.title}”` : count(tasks.length, "task");
  const sure = await confirm({
    title: `Delete ${what}?`,
    body: "This cannot be undone. An idea that it came from can be queued again.",
    action: tasks.length === 1 ? "Delete task" : `Delete ${count(tasks.length, "task")}`,
    danger: true,
  });
  if (!sure) return left;
  let problem: unknown;
  for (const task of tasks) {
    try {
      await call(api.DELETE("/api/writer/tasks/{id}", { params: { path: { id: task.id } } }));
      left.delete(task.id);
    } catch (error) {
      problem = error;
    }
  }
  // Not what is open: it is gone.
  void queryClient.invalidateQueries({ queryKey: ["tasks", "list"] });
  invalidate("ideas", "pipeline");
  const done = tasks.length - left.size;
  if (done > 0) told(`${count(done, "task")} deleted.`);
  if (problem !== undefined) failed(problem);
  return left;
}
