/** Failures that nobody but a person can settle: jobs with failed items, and tasks that failed outside of these. */

import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { api, call } from "@/api/client";
import { useMay } from "@/api/query";
import { useJobs } from "@/api/resources";
import type { Job, Site, Task } from "@/api/types";
import { ago, count, functionName } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";

const MOST = 6;

type Failure = { id: string; title: string; note: string; status: string; to: string; what: string };

/** Jobs of this site (or of none) with failed items, then failed tasks whose job is not among them. */
export function failures(site: string, jobs: Job[], tasks: Task[]): Failure[] {
  const broken = jobs.filter(
    (job) => (job.site_id ?? site) === site && (job.progress.failed > 0 || job.status === "failed"),
  );
  const listed = new Set(broken.map((job) => job.id));
  return [
    ...broken.map((job) => ({
      id: job.id,
      title: functionName(job.function),
      note: [
        job.error ?? `${job.progress.failed} of ${count(job.progress.total, "item")} failed`,
        ago(job.created_at),
      ].join(" · "),
      status: job.status,
      to: `/jobs/${job.id}`,
      what: `the job ${functionName(job.function)}`,
    })),
    ...tasks
      .filter((task) => !task.job_id || !listed.has(task.job_id))
      .map((task) => ({
        id: task.id,
        title: task.title,
        note: task.error ?? "It could not be written.",
        status: task.status,
        to: task.job_id ? `/jobs/${task.job_id}` : "/writer/tasks?status=failed",
        what: task.title,
      })),
  ];
}

export function Attention({ site }: { site: Site }) {
  const may = useMay("editor");
  const jobs = useJobs({ failures: "yes", site: site.id });
  const tasks = useQuery({
    queryKey: ["tasks", "failed", site.id],
    queryFn: async () => {
      const query = { site_id: site.id, status: "failed" as const, limit: MOST };
      return (await call(api.GET("/api/writer/tasks", { params: { query } }))).items as Task[];
    },
  });
  const all = failures(site.id, jobs.rows, tasks.data ?? []);
  const again = () => {
    jobs.again();
    void tasks.refetch();
  };
  return (
    <Section flush title="Needs attention">
      <RowList
        label="Failures"
        items={all.slice(0, MOST)}
        state={{ loading: jobs.loading || tasks.isPending, error: jobs.error ?? tasks.error, again }}
        empty={
          <p className="flex items-center gap-2.5 border-t border-line px-5 py-5 text-ink-soft">
            <CircleCheck className="size-5 text-good" aria-hidden /> Nothing has failed.
          </p>
        }
        row={(failure) => (
          <Row
            key={failure.id}
            title={failure.title}
            to={failure.to}
            note={failure.note}
            badges={<StatusBadge status={failure.status} />}
            actions={
              <LinkButton size="sm" look="quiet" to={failure.to} aria-label={`See why and retry ${failure.what}`}>
                {may ? "Retry" : "See why"}
              </LinkButton>
            }
          />
        )}
      />
      {all.length > MOST && (
        <p className="border-t border-line px-5 py-3 text-[13px] text-ink-soft">
          And {all.length - MOST} more, in Jobs and Tasks.
        </p>
      )}
    </Section>
  );
}
