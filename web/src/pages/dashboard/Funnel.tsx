/** The way of a site from keywords to published pages, with what waits at each step. */
import { FilePen, FileText, FolderTree, Lightbulb, ListChecks, type LucideIcon, Rocket, Tags } from "lucide-react";
import { Link } from "react-router";
import { cx } from "@/lib/cx";
import { number } from "@/lib/format";
import { Section } from "@/ui/Section";
import { Skeleton } from "@/ui/states";
import type { Counts } from "./counts";

type Waiting = { amount: number; what: string; to: string; bad?: boolean };
type Stage = { label: string; icon: LucideIcon; amount: number; to: string; waiting: Waiting[] };

function stages({ keywords, clusters, ideas, tasks, content }: Counts): Stage[] {
  return [
    {
      label: "Keywords",
      icon: Tags,
      amount: keywords.new + keywords.clustered + keywords.mapped,
      to: "/planner/keywords",
      waiting: [{ amount: keywords.new, what: "to cluster", to: "/planner/keywords?status=new" }],
    },
    {
      label: "Clusters",
      icon: FolderTree,
      amount: clusters,
      to: "/planner/clusters",
      waiting: [
        {
          amount: keywords.clustered,
          what: keywords.clustered === 1 ? "keyword without ideas" : "keywords without ideas",
          to: "/planner/keywords?status=clustered",
        },
      ],
    },
    {
      label: "Ideas",
      icon: Lightbulb,
      amount: ideas.new + ideas.accepted + ideas.queued + ideas.written,
      to: "/planner/ideas",
      waiting: [
        { amount: ideas.new, what: "to decide", to: "/planner/ideas?status=new" },
        { amount: ideas.accepted, what: "to queue", to: "/planner/ideas?status=accepted" },
      ],
    },
    {
      label: "Tasks",
      icon: ListChecks,
      amount: tasks.all,
      to: "/writer/tasks",
      waiting: [
        { amount: tasks.queued, what: "to write", to: "/writer/tasks?status=queued" },
        { amount: tasks.in_progress, what: "in progress", to: "/writer/tasks?status=in_progress" },
        { amount: tasks.failed, what: "failed", to: "/writer/tasks?status=failed", bad: true },
      ],
    },
    {
      label: "Drafts",
      icon: FilePen,
      amount: content.draft + content.review + content.approved,
      to: "/writer/content",
      waiting: [
        { amount: content.draft, what: "to review", to: "/writer/content?status=draft" },
        { amount: content.review, what: "in review", to: "/writer/content?status=review" },
        { amount: content.approved, what: "to publish", to: "/writer/content?status=approved" },
      ],
    },
    { label: "Published", icon: Rocket, amount: content.published, to: "/publisher", waiting: [] },
  ];
}

const PLACES = ["Keywords", "Clusters", "Ideas", "Tasks", "Drafts", "Published"];

export function Funnel({ counts }: { counts?: Counts }) {
  const all = counts ? stages(counts) : PLACES.map((label) => ({ label, icon: FileText, amount: undefined }));
  const most = Math.max(1, ...all.map((stage) => stage.amount ?? 0));
  return (
    <Section title="From keywords to pages">
      <ol className="grid grid-cols-2 gap-x-3 gap-y-5 sm:grid-cols-3 xl:grid-cols-6" aria-busy={!counts}>
        {all.map((stage) => (
          <li key={stage.label} className="flex min-h-34 min-w-0 flex-col">
            {stage.amount === undefined ? (
              <>
                <span className="text-[13px] text-ink-soft">{stage.label}</span>
                <Skeleton className="my-1 h-6 w-14" />
                <Skeleton className="mt-2 h-1.5" />
              </>
            ) : (
              <StageCell stage={stage as Stage} share={share(stage.amount, most)} />
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Widths of a funnel span orders of magnitude: by logarithm the small steps are seen beside the large ones. */
function share(amount: number, most: number): number {
  return amount === 0 ? 0 : Math.max(6, (100 * Math.log1p(amount)) / Math.log1p(most));
}

function StageCell({ stage, share: width }: { stage: Stage; share: number }) {
  const { icon: Icon, waiting } = stage;
  const open = waiting.filter((one) => one.amount > 0);
  return (
    <>
      <Link to={stage.to} className="group rounded-md">
        <span className="flex items-center gap-1.5 text-[13px] text-ink-soft group-hover:text-ink">
          <Icon className="size-4" aria-hidden /> {stage.label}
        </span>
        <span className="mt-0.5 block text-2xl font-semibold tabular-nums group-hover:text-brand">
          {number(stage.amount)}
        </span>
        <span className="mt-1.5 block h-1.5 overflow-hidden rounded-full bg-sunk" aria-hidden>
          <span className="block h-full rounded-full bg-brand" style={{ width: `${width}%` }} />
        </span>
      </Link>
      <ul className="mt-2 flex flex-col gap-0.5 text-[13px]">
        {open.map((one) => (
          <li key={one.what}>
            <Link
              to={one.to}
              className={cx(
                "font-medium underline-offset-2 hover:underline",
                one.bad ? "text-bad" : "text-brand-strong",
              )}
            >
              {number(one.amount)} {one.what}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
