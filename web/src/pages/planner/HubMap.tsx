/** Hubs and their spokes as a picture, and the same as a table. */
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { api, call } from "@/api/client";
import type { ClusterMap, MappedCluster, Site } from "@/api/types";
import { cx } from "@/lib/cx";
import { compact, count, number, words } from "@/lib/format";
import { ErrorState, Skeleton } from "@/ui/states";
import { type Cover, coverOf, diameter, type Hub, hubsOf } from "./hubs";

/** The widest bubbles of a hub and of a spoke, the smallest of a hub, and the room that a spoke takes, in pixels. */
const HUB = 72;
const LEAST_HUB = 24;
const SPOKE = 28;
const ROW = 40;
/** Where the bubbles stand: the middle of the hub's, and the middle of the spokes'. */
const HUB_AT = 48;
const SPOKES_AT = 132;
/** More of a hub are in the table only. */
const MOST_SPOKES = 12;
/** More hubs would be a page to scroll; the table has all. */
const MOST_HUBS = 12;

const LOOK: Record<Cover, string> = {
  public: "bg-good border-good",
  written: "bg-brand border-brand",
  idea: "bg-brand-soft border-brand",
  nothing: "border-dashed border-line-strong bg-card",
};
const SAID: Record<Cover, string> = {
  public: "public",
  written: "article, not public",
  idea: "idea, no article",
  nothing: "nothing yet",
};

function useMap(site: string) {
  return useQuery({
    queryKey: ["clusters", "map", site],
    queryFn: () =>
      call(api.GET("/api/planner/clusters/map", { params: { query: { site_id: site } } })) as Promise<ClusterMap>,
    staleTime: 30_000,
  });
}

export default function HubMap({ site, open }: { site: Site; open: (id: string) => void }) {
  const query = useMap(site.id);
  if (query.error) return <ErrorState error={query.error} again={() => void query.refetch()} />;
  if (!query.data) return <Skeleton className="h-[364px] rounded-xl" />;
  const { clusters, whole, counted } = query.data;
  const { hubs, rest } = hubsOf(clusters);
  const mostOfHubs = Math.max(0, ...hubs.map((one) => one.volume));
  const most = Math.max(0, ...hubs.flatMap((one) => one.spokes.map((spoke) => spoke.volume)));
  return (
    <figure className="card p-4">
      {hubs.length === 0 ? (
        <p className="py-6 text-center text-ink-soft">
          No hubs yet. Edit a cluster and choose the hub that it supports: the hub is the wide page of a topic, and its
          spokes are the pages about parts of it.
        </p>
      ) : (
        <ul aria-label="Hubs and their spokes" className={cx("grid gap-4", hubs.length > 1 && "lg:grid-cols-2")}>
          {hubs.slice(0, MOST_HUBS).map((hub) => (
            <li key={hub.hub.id} className="min-w-0 rounded-lg border border-line">
              <OneHub hub={hub} mostOfHubs={mostOfHubs} most={most} counted={counted} open={open} />
            </li>
          ))}
        </ul>
      )}
      <figcaption className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1.5 text-xs text-ink-soft">
        <span>Size: searches a month, of a hub with all its spokes.</span>
        {counted &&
          (["public", "written", "idea", "nothing"] as const).map((cover) => (
            <span key={cover} className="inline-flex items-center gap-1.5">
              <span aria-hidden className={cx("size-3 rounded-full border-2", LOOK[cover])} />
              {words(SAID[cover])}
            </span>
          ))}
        <span>
          {hubs.length > MOST_HUBS && `${number(hubs.length - MOST_HUBS)} more hubs are in the table. `}
          {rest.length > 0 && `${count(rest.length, "cluster")} without a hub. `}
          {!whole && `Only the newest ${number(clusters.length)} clusters are drawn. `}
          {!counted && "This site has too many ideas or articles to count them here."}
        </span>
      </figcaption>
      <details className="mt-3">
        <summary className="cursor-pointer text-[13px] font-medium">The same as a table</summary>
        <MapTable hubs={hubs} rest={rest} counted={counted} open={open} />
      </details>
    </figure>
  );
}

function OneHub({
  hub: { hub, spokes, volume },
  mostOfHubs,
  most,
  counted,
  open,
}: {
  hub: Hub;
  mostOfHubs: number;
  most: number;
  counted: boolean;
  open: (id: string) => void;
}) {
  const shown = spokes.slice(0, MOST_SPOKES);
  const height = Math.max(shown.length * ROW, HUB + 16) + 16;
  const middle = height / 2;
  const first = middle - (shown.length * ROW) / 2 + ROW / 2;
  return (
    <>
      <div className="px-3 pt-3">
        <Name one={hub} volume={volume} counted={counted} open={open} className="font-semibold" />
      </div>
      <div className="relative" style={{ height }}>
        <svg aria-hidden className="absolute inset-0 size-full text-line-strong" fill="none" stroke="currentColor">
          {shown.map((one, at) => {
            const y = first + at * ROW;
            const bend = (HUB_AT + SPOKES_AT) / 2;
            return (
              <path
                key={one.id}
                strokeWidth={1.5}
                d={`M${HUB_AT} ${middle} C${bend} ${middle} ${bend} ${y} ${SPOKES_AT} ${y}`}
              />
            );
          })}
        </svg>
        <Bubble one={hub} size={diameter(volume, mostOfHubs, HUB, LEAST_HUB)} x={HUB_AT} y={middle} counted={counted} />
        <ul aria-label={`Spokes of ${hub.name}`}>
          {shown.map((one, at) => (
            <li key={one.id}>
              <Bubble
                one={one}
                size={diameter(one.volume, most, SPOKE)}
                x={SPOKES_AT}
                y={first + at * ROW}
                counted={counted}
              />
              <div
                className="absolute right-2 flex items-center"
                style={{ left: SPOKES_AT + SPOKE / 2 + 6, top: first + at * ROW - ROW / 2, height: ROW }}
              >
                <Name one={one} counted={counted} open={open} />
              </div>
            </li>
          ))}
        </ul>
        {shown.length === 0 && (
          <p className="absolute inset-y-0 right-3 flex items-center text-ink-soft" style={{ left: SPOKES_AT }}>
            No spokes yet
          </p>
        )}
      </div>
      {spokes.length > shown.length && (
        <p className="px-3 pb-3 text-xs text-ink-soft">
          {count(spokes.length - shown.length, "more spoke")} in the table.
        </p>
      )}
    </>
  );
}

function Bubble({
  one,
  size,
  x,
  y,
  counted,
}: {
  one: MappedCluster;
  size: number;
  x: number;
  y: number;
  counted: boolean;
}) {
  return (
    <span
      aria-hidden
      className={cx("absolute rounded-full border-2", counted ? LOOK[coverOf(one)] : "border-brand bg-brand-soft")}
      style={{ width: size, height: size, left: x - size / 2, top: y - size / 2 }}
    />
  );
}

/** The name, which opens the cluster, and in words what the bubble shows. */
function Name({
  one,
  volume = one.volume,
  counted,
  open,
  className,
}: {
  one: MappedCluster;
  volume?: number;
  counted: boolean;
  open: (id: string) => void;
  className?: string;
}) {
  return (
    <span className="flex min-w-0 flex-1 items-baseline gap-2">
      <button
        type="button"
        title={one.name}
        className={cx("min-w-0 cursor-pointer truncate rounded-sm py-1 text-left hover:underline", className)}
        onClick={() => open(one.id)}
      >
        {one.name}
      </button>
      <span className="shrink-0 text-xs text-ink-soft tabular-nums" title={`${number(volume)} searches a month`}>
        {compact(volume)}
        <span className="sr-only"> searches a month{counted && `, ${SAID[coverOf(one)]}`}</span>
      </span>
    </span>
  );
}

function MapTable({
  hubs,
  rest,
  counted,
  open,
}: {
  hubs: Hub[];
  rest: MappedCluster[];
  counted: boolean;
  open: (id: string) => void;
}) {
  const row = (one: MappedCluster, isSpoke: boolean) => (
    <tr key={one.id} className="border-t border-line">
      <th scope="row" className={cx("py-1.5 pr-3 text-left font-normal", isSpoke ? "pl-6" : "font-medium")}>
        <button type="button" className="cursor-pointer text-left hover:underline" onClick={() => open(one.id)}>
          {one.name}
        </button>
      </th>
      <td className="py-1.5 pr-3">{words(one.page_type)}</td>
      <td className="py-1.5 pr-3 text-right tabular-nums">{number(one.volume)}</td>
      <td className="py-1.5 pr-3 text-right tabular-nums">{number(one.keyword_count)}</td>
      {counted && (
        <>
          <td className="py-1.5 pr-3 text-right tabular-nums">{number(one.ideas)}</td>
          <td className="py-1.5 pr-3 text-right tabular-nums">{number(one.contents)}</td>
          <td className="py-1.5 text-right tabular-nums">{number(one.published)}</td>
        </>
      )}
    </tr>
  );
  const heads = ["Volume", "Keywords", ...(counted ? ["Ideas", "Articles", "Public"] : [])];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways can be scrolled by the keyboard
    <section className="mt-2 max-h-96 overflow-auto" tabIndex={0} aria-label="Hubs and spokes as a table">
      <table className="w-full min-w-[34rem] text-[13px]">
        <thead>
          <tr className="text-left text-ink-soft">
            <th scope="col" className="pr-3 pb-1.5 font-medium">
              Cluster
            </th>
            <th scope="col" className="pr-3 pb-1.5 font-medium">
              Page type
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="pr-3 pb-1.5 text-right font-medium last:pr-0">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hubs.map(({ hub, spokes }) => (
            <Fragment key={hub.id}>
              {row(hub, false)}
              {spokes.map((one) => row(one, true))}
            </Fragment>
          ))}
          {rest.map((one) => row(one, false))}
        </tbody>
      </table>
    </section>
  );
}
