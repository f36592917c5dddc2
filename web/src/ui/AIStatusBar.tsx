import type { Job } from "@/api/types";
import { functionName } from "@/lib/format";
import { countOf, doing, isOpen } from "@/lib/jobs";
import { Elapsed } from "./Elapsed";
import { Progress } from "./Progress";

/** How far a job is, and in words what it does now; for how long, as long as nothing of it has ended. */
export function AIStatusBar({ job, className }: { job: Job; className?: string }) {
  const { done, failed, cancelled, total } = job.progress;
  const ended = done + failed + cancelled;
  return (
    <span className={className}>
      <Progress
        label={functionName(job.function)}
        done={done}
        failed={failed + cancelled}
        total={total}
        isRunning={isOpen(job)}
      />
      {isOpen(job) && (
        <span className="mt-1.5 flex justify-between gap-3 text-xs text-ink-soft">
          <span>{doing(job)}</span>
          <span className="whitespace-nowrap tabular-nums">
            {ended === 0 && (
              <span aria-hidden>
                <Elapsed since={job.updated_at} /> ·{" "}
              </span>
            )}
            {countOf(job)}
          </span>
        </span>
      )}
    </span>
  );
}
