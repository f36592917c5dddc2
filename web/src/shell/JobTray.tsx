/**
 * The work that runs, at a glance, from every page: progress with its phase, what it cost, and why it failed. It also
 * tells when a job ends and has the lists that it changed read again.
 */
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Link, useNavigate } from "react-router";
import { invalidate } from "@/api/query";
import { startedJobs, useRecentJobs } from "@/api/resources";
import type { Job } from "@/api/types";
import { credits, functionName, number } from "@/lib/format";
import { isOpen, mostSpent, outcome } from "@/lib/jobs";
import { useUi } from "@/lib/store";
import { Ago } from "@/ui/Ago";
import { AIStatusBar } from "@/ui/AIStatusBar";
import { StatusBadge } from "@/ui/Badge";
import { IconButton } from "@/ui/Button";
import { act, actionOf } from "@/ui/jobActions";
import { EmptyState } from "@/ui/states";
import { JobButton } from "@/ui/TaskControlPanel";
import { failed, told } from "@/ui/ToastNotifications";

/** The lists that a job changes. The jobs themselves are told, or asked for. */
const CHANGED = [
  "keywords",
  "clusters",
  "ideas",
  "tasks",
  "content",
  "images",
  "records",
  "deployments",
  "balance",
  "transactions",
  "usage",
  "pipeline",
  "notices",
  "prompts",
];

function useEnds(jobs: Job[] | undefined): void {
  const open = useRef(new Set<string>());
  const known = useRef<Set<string> | undefined>(undefined);
  const ends = useRef(new Set<string>());
  const navigate = useNavigate();
  useEffect(() => {
    if (!jobs) return;
    // A quick job may be first heard of when it has ended; those of the first answer are history.
    const seen = known.current ?? new Set(jobs.map((job) => job.id));
    known.current = seen;
    for (const job of jobs) {
      const isNew = !seen.has(job.id);
      seen.add(job.id);
      if (isOpen(job)) {
        open.current.add(job.id);
        continue;
      }
      const isOurs = startedJobs.delete(job.id);
      const hasRun = open.current.delete(job.id);
      // A job that is tried again ends again.
      const end = `${job.id} ${job.updated_at}`;
      if (!(isNew || isOurs || hasRun) || ends.current.has(end)) continue;
      ends.current.add(end);
      invalidate(...CHANGED);
      const text = `${functionName(job.function)}: ${outcome(job)}`;
      if (job.status === "failed") failed(`${text} ${job.error ?? ""}`, job.id);
      else if (actionOf(job) === "undo") told(text, { label: "Undo", run: () => void act("undo", job) }, job.id);
      else told(text, { label: "Details", run: () => void navigate(`/jobs/${job.id}`) }, job.id);
    }
  }, [jobs, navigate]);
}

export function JobTray() {
  const open = useUi((ui) => ui.trayOpen);
  const { show } = useUi.getState();
  const jobs = useRecentJobs().data;
  useEnds(jobs);
  const running = jobs?.filter(isOpen) ?? [];
  const ended = jobs?.filter((job) => !isOpen(job)).slice(0, 8) ?? [];
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(on) => show({ trayOpen: on })}
      isDismissable
      className="fixed inset-0 z-40 flex justify-end bg-black/30"
    >
      <Modal className="pop h-full w-full max-w-sm border-l border-line bg-card shadow-xl">
        <Dialog className="flex h-full flex-col outline-none">
          <header className="flex h-14 items-center justify-between border-b border-line pr-3 pl-5">
            <Heading slot="title" className="text-base font-semibold">
              Jobs
            </Heading>
            <IconButton label="Close" icon={X} onPress={() => show({ trayOpen: false })} />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-3">
            {running.length + ended.length === 0 && (
              <EmptyState title="No jobs yet">Work that takes time shows its progress here.</EmptyState>
            )}
            <ul className="flex flex-col gap-2">
              {[...running, ...ended].map((job) => (
                <li key={job.id}>
                  <JobCard job={job} close={() => show({ trayOpen: false })} />
                </li>
              ))}
            </ul>
          </div>
          <footer className="border-t border-line p-3 text-center">
            <Link
              to="/jobs"
              className="font-medium text-brand hover:underline"
              onClick={() => show({ trayOpen: false })}
            >
              All jobs
            </Link>
          </footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function JobCard({ job, close }: { job: Job; close: () => void }) {
  const most = mostSpent(job);
  return (
    <div className="card relative p-3 hover:border-line-strong">
      <div className="flex items-center justify-between gap-2">
        {/* The whole card is the link's place; the button lies above it. */}
        <Link
          to={`/jobs/${job.id}`}
          onClick={close}
          className="font-medium after:absolute after:inset-0 after:rounded-xl"
        >
          {functionName(job.function)}
        </Link>
        <StatusBadge status={job.status} />
      </div>
      <AIStatusBar job={job} className="mt-2 block" />
      <div className="mt-1.5 flex flex-wrap items-center justify-between gap-2 text-xs text-ink-soft">
        <span>
          {isOpen(job)
            ? `${most > 0 ? `${number(job.credits.charged)} of up to ${credits(most)} spent` : "Free"} · started `
            : `${outcome(job)} `}
          <Ago at={job.created_at} />
        </span>
        <span className="relative z-10">
          <JobButton job={job} size="sm" />
        </span>
      </div>
      {job.error && <p className="mt-1 text-xs text-bad">{job.error}</p>}
    </div>
  );
}
