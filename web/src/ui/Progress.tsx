import { cx } from "@/lib/cx";

/** How far something is, from 0 to 1, with its parts that failed. */
export function Progress({
  label,
  done,
  failed = 0,
  total,
  isRunning,
  className,
}: {
  label: string;
  done: number;
  failed?: number;
  total: number;
  /** The rest is under way: something moves, also while nothing ends. */
  isRunning?: boolean;
  className?: string;
}) {
  const share = (part: number) => `${total > 0 ? (100 * part) / total : 0}%`;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done + failed}
      className={cx("flex h-1.5 overflow-hidden rounded-full bg-sunk", className)}
    >
      <span className="bg-brand transition-[width]" style={{ width: share(done) }} />
      <span className="bg-bad transition-[width]" style={{ width: share(failed) }} />
      {isRunning && (
        <span className="relative flex-1 overflow-hidden motion-reduce:hidden">
          <span className="under-way absolute inset-y-0 w-1/3 rounded-full bg-brand/35" />
        </span>
      )}
    </div>
  );
}
