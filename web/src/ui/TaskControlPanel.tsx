/** One job under control: how far it is, what it costs, why it failed, and what can be done with it. */
import { useMutation } from "@tanstack/react-query";
import { Ban, RotateCcw, Undo2 } from "lucide-react";
import { useMay } from "@/api/query";
import type { Job } from "@/api/types";
import { count, credits, number } from "@/lib/format";
import { isOpen, outcome, reasons, reservedInAll } from "@/lib/jobs";
import { AIStatusBar } from "./AIStatusBar";
import { StatusBadge } from "./Badge";
import { Button } from "./Button";
import { act, actionName, actionOf, type JobAction } from "./jobActions";
import { StatsCards } from "./StatsCards";

/** How many reasons are told at once; the items say the rest. */
const MOST_REASONS = 3;

export function TaskControlPanel({ job }: { job?: Job }) {
  return (
    <div className="flex flex-col gap-4">
      {job && <Why job={job} />}
      <StatsCards
        stats={[
          {
            label: "Status",
            value: job && <StatusBadge status={job.status} />,
            note: <Note>{job && !isOpen(job) && outcome(job)}</Note>,
          },
          {
            label: "Done",
            value: job && `${number(job.progress.done)} of ${number(job.progress.total)}`,
          },
          {
            label: "Credits spent",
            value: job && number(job.credits.charged),
            note: (
              <Note>
                {job &&
                  (isOpen(job)
                    ? `${credits(job.credits.reserved)} reserved for the rest`
                    : `of ${number(reservedInAll(job))} that were reserved`)}
              </Note>
            ),
          },
          { label: "Given back", value: job && number(job.credits.refunded), note: "for what failed or was cancelled" },
        ]}
      />
      {job && isOpen(job) && <AIStatusBar job={job} />}
    </div>
  );
}

/** Room for two lines on a phone, so that nothing moves when the sentence comes. */
function Note({ children }: { children: React.ReactNode }) {
  return <span className="block min-h-4 max-sm:min-h-8">{children}</span>;
}

/** Why the job, or items of it, failed. */
function Why({ job }: { job: Job }) {
  const all = job.error ? [{ message: job.error, items: 0 }] : reasons(job);
  if (all.length === 0) return null;
  return (
    <div role="alert" className="card border-bad bg-bad-soft px-4 py-3 text-bad">
      {all.slice(0, MOST_REASONS).map(({ message, items }) => (
        <p key={message}>
          {items > 0 && job.total > 1 && `${count(items, "item")}: `}
          {message}
        </p>
      ))}
      {all.length > MOST_REASONS && <p>The items below say the rest.</p>}
    </div>
  );
}

const ICONS = { cancel: Ban, retry: RotateCcw, undo: Undo2 };

/** The button of the one thing that can be done with a job; none for who may not. */
export function JobButton({ job, size }: { job: Job; size?: "sm" }) {
  const may = useMay("editor");
  const action = actionOf(job);
  const run = useMutation({ mutationFn: (wanted: JobAction) => act(wanted, job) });
  if (!may || !action) return null;
  return (
    <Button
      size={size}
      icon={ICONS[action]}
      look={action === "cancel" ? "danger" : size || action === "undo" ? "plain" : "primary"}
      busy={run.isPending}
      onPress={() => run.mutate(action)}
    >
      {actionName(action, job)}
    </Button>
  );
}
