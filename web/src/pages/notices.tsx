/** What has ended: success and failure of work in the last 30 days, and up to where one has read it. */
import { useMutation } from "@tanstack/react-query";
import { Ban, Bell, CheckCheck, CircleAlert, CircleCheck, CircleX, type LucideIcon } from "lucide-react";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import { useLive } from "@/api/live";
import { invalidate, useList } from "@/api/query";
import { useSites } from "@/api/resources";
import type { Notice } from "@/api/types";
import { cx } from "@/lib/cx";
import { count, functionName, number } from "@/lib/format";
import { Ago } from "@/ui/Ago";
import { Button, LinkButton } from "@/ui/Button";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { failed } from "@/ui/ToastNotifications";

const LOOKS: Record<Notice["outcome"], { icon: LucideIcon; word: string; tone: string }> = {
  success: { icon: CircleCheck, word: "Done", tone: "text-good" },
  partial: { icon: CircleAlert, word: "Partly done", tone: "text-warn" },
  failure: { icon: CircleX, word: "Failed", tone: "text-bad" },
  cancelled: { icon: Ban, word: "Cancelled", tone: "text-ink-soft" },
};

const FILTERS = [
  { name: "show", label: "All notices", kind: "choice" as const, options: [{ id: "unread", name: "Not read yet" }] },
];

export function Notices() {
  const live = useLive((state) => state.open);
  const { values, set } = useFilters(["show"]);
  const unread = values.show === "unread";
  const list = useList<Notice>(
    "notices",
    { unread },
    (cursor) =>
      call(api.GET("/api/system/notices", { params: { query: { limit: 50, cursor, unread, count: !cursor } } })),
    { refetchInterval: () => (live ? false : 30_000) },
  );
  const newest = list.rows[0];
  const read = useMutation({
    mutationFn: (until: string) => call(api.POST("/api/system/notices/read", { body: { until } })),
    onSuccess: () => invalidate("notices"),
    onError: failed,
  });
  return (
    <Page
      title="Notices"
      intro="Work that has ended in the last 30 days, and how."
      actions={
        <Button
          icon={CheckCheck}
          busy={read.isPending}
          isDisabled={!newest || newest.read}
          onPress={() => newest && read.mutate(newest.at)}
        >
          Mark all as read
        </Button>
      }
    >
      <FilterPanel table="notices" filters={FILTERS} values={values} set={set} />
      {list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} again={list.again} />
      ) : (
        <section
          className={cx("card min-h-64 overflow-hidden", list.changing && "opacity-60")}
          aria-label="Notices"
          aria-busy={list.loading || list.changing}
        >
          {list.loading && <Loading />}
          {!list.loading && list.rows.length === 0 && <Nothing unread={unread} all={() => set({ show: "" })} />}
          <ul>
            {list.rows.map((notice) => (
              <Row key={notice.id} notice={notice} />
            ))}
          </ul>
        </section>
      )}
      {list.rows.length > 0 && (
        <footer className="flex items-center justify-between gap-4 text-[13px] text-ink-soft">
          <span aria-live="polite">
            {list.total !== undefined && `${number(list.rows.length)} of ${count(list.total, "notice")}`}
          </span>
          {list.hasMore && <Button onPress={list.more}>Show older ones</Button>}
        </footer>
      )}
    </Page>
  );
}

function Nothing({ unread, all }: { unread: boolean; all: () => void }) {
  if (unread) {
    return (
      <EmptyState icon={Bell} title="Nothing new" action={<Button onPress={all}>Show all notices</Button>}>
        You have read everything. What ends next appears here and at the bell.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Bell} title="No notices yet" action={<LinkButton to="/jobs">See jobs</LinkButton>}>
      When clustering, writing or publishing ends, it says so here and at the bell.
    </EmptyState>
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
          <Ago at={notice.at} />
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
