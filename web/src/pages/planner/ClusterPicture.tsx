import { useLayoutEffect, useRef, useState } from "react";
import type { Cluster } from "@/api/types";
import { cx } from "@/lib/cx";
import { compact, count, number } from "@/lib/format";
import { treemap } from "./treemap";

/** More would be too small to read; the table has all. */
const MOST = 40;
const HEIGHT = 300;
/** From few to many keywords: how much of the brand's colour is mixed in. Text stays readable on each. */
const SHADES = [6, 14, 22, 30, 38];

/** The largest clusters as a treemap. Arrow keys go from one to the next, Enter opens it. */
export default function ClusterPicture({ clusters, open }: { clusters: Cluster[]; open: (id: string) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [current, setCurrent] = useState(0);
  // Before it is painted for the first time, so that no box is seen in a wrong place.
  useLayoutEffect(() => {
    if (!frame.current) return;
    setWidth(Math.floor(frame.current.clientWidth));
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);

  // Where no cluster has a volume (Search Console gives none), the number of keywords stands in.
  const byVolume = clusters.some((one) => one.volume > 0);
  const size = (one: Cluster) => (byVolume ? one.volume : one.keyword_count);
  const shown = clusters
    .filter((one) => size(one) > 0)
    .sort((a, b) => size(b) - size(a))
    .slice(0, MOST);
  const boxes = treemap(shown.map(size), width, HEIGHT);
  const most = Math.max(1, ...shown.map((one) => one.keyword_count));
  const shade = (one: Cluster) => SHADES[Math.min(Math.floor((one.keyword_count / most) * SHADES.length), 4)] ?? 6;

  const step = (by: number) => {
    const next = (current + by + shown.length) % shown.length;
    setCurrent(next);
    frame.current?.querySelectorAll<HTMLButtonElement>("button")[next]?.focus();
  };
  const keys: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  return (
    <figure className="card p-4">
      <div
        ref={frame}
        role="toolbar"
        aria-label="The largest clusters"
        className="relative"
        style={{ height: HEIGHT }}
        onKeyDown={(event) => {
          const by = keys[event.key];
          if (by === undefined) return;
          event.preventDefault();
          step(by);
        }}
      >
        {shown.map((one, index) => {
          const box = boxes[index];
          if (!box) return null;
          const what = `${number(one.volume)} searches a month, ${count(one.keyword_count, "keyword")}`;
          return (
            <button
              key={one.id}
              type="button"
              tabIndex={index === Math.min(current, shown.length - 1) ? 0 : -1}
              title={`${one.name}: ${what}`}
              className="absolute flex cursor-pointer flex-col items-start overflow-hidden rounded-md border-2 border-card p-1.5 text-left text-xs leading-tight focus-visible:z-10 hover:border-brand"
              style={{
                left: box.x,
                top: box.y,
                width: box.width,
                height: box.height,
                background: `color-mix(in oklab, var(--brand) ${shade(one)}%, var(--card))`,
              }}
              onClick={() => open(one.id)}
              onFocus={() => setCurrent(index)}
            >
              {box.width > 54 && box.height > 26 && (
                <>
                  <span className={cx("max-w-full font-medium", box.height > 42 ? "line-clamp-2" : "truncate")}>
                    {one.name}
                  </span>
                  {box.height > 56 && <span>{compact(size(one))}</span>}
                </>
              )}
              {/* What is seen comes first, for those who speak to their machine. */}
              <span className="sr-only">
                {box.width > 54 && box.height > 26 ? "" : one.name} {what}
              </span>
            </button>
          );
        })}
      </div>
      <figcaption className="mt-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-1 text-xs text-ink-soft">
        <span>
          Area: {byVolume ? "searches a month" : "keywords"}.{" "}
          {clusters.length > shown.length && `${number(clusters.length - shown.length)} more are in the table only.`}
        </span>
        <span className="inline-flex items-center gap-1.5">
          Fewer keywords
          {SHADES.map((percent) => (
            <span
              key={percent}
              aria-hidden
              className="size-3.5 rounded-sm border border-line"
              style={{ background: `color-mix(in oklab, var(--brand) ${percent}%, var(--card))` }}
            />
          ))}
          more
        </span>
      </figcaption>
    </figure>
  );
}
