import type { Job } from "@/api/types";
import { functionName, number } from "@/lib/format";
import { doing, isOpen } from "@/lib/jobs";
import { Progress } from "./Progress";

/** How far a job is, and in words what it does now. */
export function AIStatusBar({ job, className }: { job: Job; className?: string }) {
  const { done, failed, cancelled, total } = job.progress;
  return (
    <span className={className}>
      <Progress label={functionName(job.function)} done={done} failed={failed + cancelled} total={total} />
      {isOpen(job) && (
        <span className="mt-1.5 flex justify-between gap-3 text-xs text-ink-soft">
          <span>{doing(job)}</span>
          <span className="tabular-nums">
            {number(done + failed + cancelled)} / {number(total)}
          </span>
        </span>
      )}
    </span>
  );
}
