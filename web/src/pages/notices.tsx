/** What has ended: success and failure of work in the last 30 days. Looking at it is reading it. */
import { Ban, Bell, CircleAlert, CircleCheck, CircleX, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import { useLive } from "@/api/live";
import { invalidate, queryClient, useList } from "@/api/query";
import { useSites } from "@/api/resources";
import type { Notice } from "@/api/types";
import { cx } from "@/lib/cx";
import { ago, count, functionName, moment } from "@/lib/format";
import { Button, LinkButton } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";

const LOOKS: Record<Notice["outcome"], { icon: LucideIcon; word: string; tone: string }> = {
  success: { icon: CircleCheck, word: "Done", tone: "text-good" },
  partial: { icon: CircleAlert, word: "Partly done", tone: "text-warn" },
  failure: { icon: CircleX, word: "Failed", tone: "text-bad" },
  cancelled: { icon: Ban, word: "Cancelled", tone: "text-ink-soft" },
};

export function Notices() {
  const live = useLive((state) => state.open);
  const list = useList<Notice>("notices", {}, (cursor) =>
    call(api.GET("/api/system/notices", { params: { query: { limit: 50, cursor, count: !cursor } } })),
  );
  const newest = list.rows[0];
  const until = newest && !newest.read ? newest.at : undefined;
  useEffect(() => {
    if (!until) return;
    // The marks of this visit stay on screen; only the bell is told.
    const read = call(api.POST("/api/system/notices/read", { body: { until } }));
    read.then(() => queryClient.invalidateQueries({ queryKey: ["notices", "unread"] })).catch(() => undefined);
  }, [until]);

  // The feed opens within moments; only who stays without it is offered to ask.
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 5000);
    return () => clearTimeout(timer);
  }, []);
  const refresh = isLong && !live && (
    <Button size="sm" onPress={() => invalidate("notices")}>
      Check for new ones
    </Button>
  );
  return (
    <Page title="Notices" intro="Work that has ended in the last 30 days, and how." actions={refresh}>
      {list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} again={list.again} />
      ) : (
        <section className="card min-h-64 overflow-hidden" aria-label="Notices" aria-busy={list.loading}>
          {list.loading && <Loading />}
          {!list.loading && list.rows.length === 0 && (
            <EmptyState icon={Bell} title="No notices yet" action={<LinkButton to="/jobs">See jobs</LinkButton>}>
              When clustering, writing or publishing ends, it says so here and at the bell.
            </EmptyState>
          )}
          <ul>
            {list.rows.map((notice) => (
              <Row key={notice.id} notice={notice} />
            ))}
          </ul>
        </section>
      )}
      {list.rows.length > 0 && (
        <footer className="flex items-center justify-between gap-4 text-[13px] text-ink-soft">
          <span>{list.total !== undefined && count(list.total, "notice")}</span>
          {list.hasMore && <Button onPress={list.more}>Show older ones</Button>}
        </footer>
      )}
    </Page>
  );
}

function Row({ notice }: { notice: Notice }) {
  const { icon: Icon, word, tone } = LOOKS[notice.outcome];
  const site = useSites().data?.find((one) => one.id === notice.site_id)?.name;
  return (
    <li className="border-b border-line last:border-b-0">
      <Link
        to={`/jobs/${notice.job_id}`}
        className={cx("flex items-start gap-3 px-4 py-3 hover:bg-sunk/60", !notice.read && "bg-brand-soft/40")}
      >
        <Icon className={cx("mt-0.5 size-5 shrink-0", tone)} aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-medium">{functionName(notice.function)}</span>
            <span className={cx("text-[13px]", tone)}>{word}</span>
            {site && <span className="truncate text-[13px] text-ink-soft">{site}</span>}
          </span>
          <span className="block text-ink-soft">{notice.message}</span>
        </span>
        <span className="flex shrink-0 items-center gap-2 text-xs whitespace-nowrap text-ink-soft">
          <time dateTime={notice.at} title={moment(notice.at)}>
            {ago(notice.at)}
          </time>
          {!notice.read && (
            <>
              <span aria-hidden className="size-2 rounded-full bg-brand" />
              <span className="sr-only">new</span>
            </>
          )}
        </span>
      </Link>
    </li>
  );
}

function Loading() {
  return (
    <div className="flex flex-col gap-4 p-4">
      {["first", "second", "third", "fourth"].map((name) => (
        <Skeleton key={name} className="h-10" />
      ))}
    </div>
  );
}
