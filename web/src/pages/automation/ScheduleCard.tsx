/** One schedule: whether it runs, when, what it would do next, what became of its last run. */
import { useQuery } from "@tanstack/react-query";
import { Play, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, queryClient, useMay } from "@/api/query";
import type { Balance, Schedule, SchedulePreview } from "@/api/types";
import { ago, count, credits, moment, number } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Switch } from "@/ui/Field";
import { sayStarted } from "@/ui/jobActions";
import { Section } from "@/ui/Section";
import { Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { rate, WORDS } from "./words";

const OUTCOMES = {
  started: { tone: "good", name: "Started" },
  nothing: { tone: "plain", name: "Nothing to do" },
  skipped: { tone: "plain", name: "Skipped" },
  failed: { tone: "bad", name: "Failed" },
} as const;

export function ScheduleCard({
  schedule,
  isPaused,
  change,
}: {
  schedule: Schedule;
  isPaused: boolean;
  change: () => void;
}) {
  const mayChange = useMay("admin");
  const mayRun = useMay("editor");
  const words = WORDS[schedule.function];
  const path = { site_id: schedule.site_id, function: schedule.function };
  const preview = useQuery({
    queryKey: ["schedules", schedule.site_id, schedule.function, "preview", schedule.version],
    queryFn: () =>
      call(
        api.GET("/api/system/schedules/{site_id}/{function}/preview", { params: { path } }),
      ) as Promise<SchedulePreview>,
  });
  const [busy, setBusy] = useState(false);
  const deed = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
      invalidate("schedules");
    }
  };
  const turn = (enabled: boolean) =>
    deed(async () => {
      const headers = ifMatch(schedule.version);
      const params = { path };
      await call(api.PATCH("/api/system/schedules/{site_id}/{function}", { params, body: { enabled }, headers }));
      told(enabled ? `${words.name}: runs every ${rate(schedule.every_minutes)}.` : `${words.name}: off.`);
    });
  const run = () =>
    deed(async () => {
      const next = (await preview.refetch()).data;
      if (!next || next.items === 0) {
        told(next?.sentence ?? "There is nothing to do.");
        return;
      }
      const have = queryClient.getQueryData<Balance>(["balance"])?.available;
      const left = have === undefined ? "" : ` You have ${number(have)}.`;
      const price = next.credits === 0 ? "This is free." : `This takes ${credits(next.credits)} at most.${left}`;
      const yes = await confirm({
        title: `${words.name} now?`,
        body: `${next.sentence} ${price}`,
        action: "Run now",
      });
      if (!yes) return;
      const headers = { "idempotency-key": crypto.randomUUID() };
      const answer = await call(
        api.POST("/api/system/schedules/{site_id}/{function}/run", { params: { path }, headers }),
      );
      if (answer && "job" in answer) sayStarted(answer.job.id, `${words.name}: started.`);
      else told("There is nothing to do any more.");
      invalidate("jobs", "balance");
    });
  const last = schedule.last_run;
  return (
    <Section
      title={words.name}
      intro={words.what}
      actions={
        <>
          {mayRun && (
            <Button icon={Play} isDisabled={busy} onPress={() => void run()}>
              Run now
            </Button>
          )}
          {mayChange && (
            <Button icon={SlidersHorizontal} onPress={change}>
              Settings
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Switch isSelected={schedule.enabled} isDisabled={!mayChange || busy} onChange={(on) => void turn(on)}>
          {schedule.enabled
            ? `Every ${rate(schedule.every_minutes)}, ${bound(schedule)}`
            : `Off (every ${rate(schedule.every_minutes)}, ${bound(schedule)})`}
        </Switch>
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[8rem_1fr]">
          <dt className="text-ink-soft">Next run</dt>
          <dd>
            {schedule.next_run ? moment(schedule.next_run) : "Not by itself"}
            {schedule.next_run && isPaused && ", but all schedules are paused"}
            {schedule.quiet_hours &&
              `. Quiet from ${schedule.quiet_hours.from} to ${schedule.quiet_hours.until} (${schedule.quiet_hours.time_zone})`}
          </dd>
          <dt className="text-ink-soft">Would do now</dt>
          <dd className="min-h-10">
            {preview.data ? (
              <Foretold preview={preview.data} />
            ) : preview.error ? (
              "That could not be found out just now."
            ) : (
              <Skeleton className="h-5 w-64" />
            )}
          </dd>
          <dt className="text-ink-soft">Last run</dt>
          <dd className="flex flex-wrap items-center gap-2">
            {last ? (
              <>
                <Badge tone={OUTCOMES[last.outcome].tone}>{OUTCOMES[last.outcome].name}</Badge>
                <span>{`${ago(last.at)}. ${last.sentence}`}</span>
                {last.job_id && (
                  <Link to={`/jobs/${last.job_id}`} className="text-brand underline">
                    See the job
                  </Link>
                )}
              </>
            ) : (
              "It has not run yet"
            )}
          </dd>
        </dl>
      </div>
    </Section>
  );
}

function bound(schedule: Schedule): string {
  const item = WORDS[schedule.function].item.toLowerCase();
  const most = `at most ${number(schedule.max_items)} ${item}`;
  return schedule.function === "auto_publish" ? most : `${most} and ${credits(schedule.max_credits)} a run`;
}

function Foretold({ preview }: { preview: SchedulePreview }) {
  const more = preview.items - preview.titles.length;
  return (
    <>
      <p>
        {preview.sentence}
        {preview.items > 0 && preview.credits > 0 && ` ${credits(preview.credits)} at most.`}
      </p>
      {preview.titles.length > 0 && (
        <details className="mt-1">
          <summary className="cursor-pointer text-ink-soft">{`What: ${count(preview.items, "item")}`}</summary>
          <ul className="mt-1 list-disc pl-5 break-words">
            {preview.titles.map((title) => (
              <li key={title}>{title}</li>
            ))}
            {more > 0 && <li className="list-none text-ink-soft">{`and ${number(more)} more`}</li>}
          </ul>
        </details>
      )}
    </>
  );
}
