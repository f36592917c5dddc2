import { Link } from "react-router";
import { cx } from "@/lib/cx";
import { Skeleton } from "./states";

export type Stat = {
  label: string;
  /** Undefined while it is loading. */
  value?: React.ReactNode;
  note?: React.ReactNode;
  to?: string;
};

/** A row of figures. They come from the server, never from the rows on screen. */
export function StatsCards({ stats, className }: { stats: Stat[]; className?: string }) {
  return (
    <dl className={cx("grid grid-cols-2 gap-3 lg:grid-cols-4", className)}>
      {stats.map((stat) => {
        const body = (
          <>
            <dt className="text-[13px] text-ink-soft">
              {stat.to ? (
                // The whole card is the link's place.
                <Link to={stat.to} className="after:absolute after:inset-0 after:rounded-xl">
                  {stat.label}
                </Link>
              ) : (
                stat.label
              )}
            </dt>
            <dd className="mt-1 text-2xl font-semibold tabular-nums">
              {stat.value === undefined ? <Skeleton className="h-8 w-16" /> : stat.value}
            </dd>
            {stat.note && <dd className="text-xs text-ink-soft">{stat.note}</dd>}
          </>
        );
        return stat.to ? (
          <div key={stat.label} className="card relative p-3 sm:p-4 hover:border-line-strong">
            {body}
          </div>
        ) : (
          <div key={stat.label} className="card p-3 sm:p-4">
            {body}
          </div>
        );
      })}
    </dl>
  );
}
