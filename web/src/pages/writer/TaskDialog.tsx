/** One task: what it orders, how far it is, why it failed, and what can be done with it. */
import { FileText, Pencil, RotateCcw, Sparkles, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useMay } from "@/api/query";
import type { Task } from "@/api/types";
import { ago, count, moment, words } from "@/lib/format";
import { entityName } from "@/lib/kinds";
import { useClusters } from "@/pages/planner/data";
import { StatusBadge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorState, Skeleton } from "@/ui/states";
import { TaskForm } from "./TaskForm";
import { isFree, removeTasks, useOpenJobs, useTask, write } from "./useTasks";

export function TaskDialog({ id, close }: { id: string; close: () => void }) {
  const task = useTask(id);
  const [editing, setEditing] = useState(false);
  if (editing && task.data)
    return <TaskForm site={task.data.site_id} task={task.data} close={() => setEditing(false)} />;
  return (
    <Dialog
      title={task.data?.title ?? "Task"}
      isOpen
      width="lg"
      onClose={close}
      footer={task.data && <Actions task={task.data} edit={() => setEditing(true)} close={close} />}
    >
      {task.error ? (
        <ErrorState error={task.error} again={() => void task.refetch()} />
      ) : task.data ? (
        <Details task={task.data} />
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Dialog>
  );
}

function Actions({ task, edit, close }: { task: Task; edit: () => void; close: () => void }) {
  const may = useMay("editor");
  const free = isFree(task, useOpenJobs());
  return (
    <>
      {may && free && (
        <>
          <Button
            look="danger"
            icon={Trash2}
            onPress={() => void removeTasks([task]).then((left) => left.size === 0 && close())}
          >
            Delete
          </Button>
          <Button icon={Pencil} onPress={edit}>
            Edit
          </Button>
          <Button
            look="primary"
            icon={task.status === "failed" ? RotateCcw : Sparkles}
            onPress={() => {
              // The question of the cost takes this window's place.
              close();
              write([task], 0);
            }}
          >
            {task.status === "failed" ? "Try again" : "Write"}
          </Button>
        </>
      )}
      {task.content_id && (
        <LinkButton look="primary" icon={FileText} to={`/writer/content/${task.content_id}`}>
          {may ? "Open in the editor" : "Read"}
        </LinkButton>
      )}
    </>
  );
}

/** Why it failed or still waits, with the way on. */
export function Why({ task }: { task: Task }) {
  if (task.status === "queued" && task.error) {
    return (
      <p role="note" className="rounded-lg bg-warn-soft px-3 py-2 break-words text-warn">
        {task.error}
      </p>
    );
  }
  if (task.status !== "failed") return null;
  return (
    <p role="note" className="rounded-lg bg-bad-soft px-3 py-2 break-words text-bad">
      {task.error ?? "It was not written, for an unknown reason."} Nothing was charged for it.
    </p>
  );
}

function Details({ task }: { task: Task }) {
  const cluster = useClusters(task.site_id).data?.rows?.find((one) => one.id === task.cluster_id);
  const waits = useOpenJobs().has(task.job_id ?? "");
  return (
    <div className="flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-soft">
        <StatusBadge status={task.status} />
        <span>
          {words(task.structure)}, {entityName(task.entity_type).toLowerCase()}
        </span>
        <span>about {count(task.estimated_words, "word")}</span>
        {cluster && <span>{cluster.name}</span>}
        <span>updated {ago(task.updated_at)}</span>
        {task.scheduled_at && !task.content_id && <span>to be written {moment(task.scheduled_at)}</span>}
        {task.job_id && (
          <Link to={`/jobs/${task.job_id}`} className="text-brand underline">
            {waits ? "Being written: view job" : "View last job"}
          </Link>
        )}
      </p>
      <Why task={task} />
      {(task.angle || task.audience) && (
        <p>
          {task.angle}
          {task.audience && <span className="block text-ink-soft">For: {task.audience}</span>}
        </p>
      )}
      <section>
        <h2>Keywords</h2>
        {task.keywords.length === 0 ? (
          <p className="text-ink-soft">None.</p>
        ) : (
          <ul className="mt-1 flex flex-wrap gap-1.5">
            {task.keywords.map((keyword, index) => (
              <li key={keyword} className="rounded-full bg-sunk px-2.5 py-0.5">
                {keyword}
                {index === 0 && <span className="text-ink-soft"> (main)</span>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>Outline</h2>
        {task.outline.length === 0 ? (
          <p className="text-ink-soft">None. The writer makes one from the title and keywords.</p>
        ) : (
          <ol className="mt-1 list-decimal pl-5">
            {task.outline.map((section) => (
              <li key={section.heading} className="mt-1">
                <span className="font-medium">{section.heading}</span>
                {section.points && section.points.length > 0 && (
                  <span className="block text-ink-soft">{section.points.join(" · ")}</span>
                )}
              </li>
            ))}
          </ol>
        )}
      </section>
    </div>
  );
}
