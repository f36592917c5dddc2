import { cx } from "@/lib/cx";

/** How far something is, from 0 to 1, with its parts that failed. */
export function Progress({
  label,
  done,
  failed = 0,
  total,
  className,
}: {
  label: string;
  done: number;
  failed?: number;
  total: number;
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
    </div>
  );
}
