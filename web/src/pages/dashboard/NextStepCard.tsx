import { ArrowRight, Sparkles } from "lucide-react";
import { Link } from "react-router";
import { useBalance, useMay } from "@/api/query";
import { useRecentJobs } from "@/api/resources";
import type { Site } from "@/api/types";
import { isOpen } from "@/lib/jobs";
import { cluster } from "@/pages/planner/keywordActions";
import { Button, LinkButton } from "@/ui/Button";
import { Skeleton } from "@/ui/states";
import type { Counts } from "./counts";
import { nextStep } from "./next";

/** The one next action. Who may not act sees what waits, without the button. */
export function NextStepCard({ site, counts, then }: { site: Site; counts?: Counts; then?: (job: string) => void }) {
  const may = useMay("editor");
  const balance = useBalance().data;
  const jobs = useRecentJobs().data ?? [];
  const running = jobs.filter((job) => isOpen(job) && (job.site_id ?? site.id) === site.id);
  const step = counts && nextStep(counts, new Set(running.map((job) => job.function)));
  const isBroke = step?.costs && balance !== undefined && balance.available < 1;
  return (
    <section
      aria-labelledby="next-step"
      aria-busy={!step}
      className="card flex min-h-22 flex-wrap max-sm:min-h-39 items-center gap-x-4 gap-y-3 border-brand/40 p-5"
    >
      <span className="rounded-full bg-brand-soft p-2.5 text-brand-strong max-sm:hidden">
        <Sparkles className="size-5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1 basis-60">
        <h2 id="next-step">
          <span className="sr-only">Next: </span>
          {step ? step.title : "Looking at what waits…"}
        </h2>
        {step ? may && <p className="text-ink-soft">{step.text}</p> : <Skeleton className="mt-1 h-4 w-72 max-w-full" />}
        {isBroke && (
          <p className="mt-1 text-warn">
            This takes credits, and none are left.{" "}
            <Link to="/billing" className="font-medium underline">
              See credits and plans
            </Link>
          </p>
        )}
      </div>
      {step &&
        may &&
        (step.to ? (
          <LinkButton look="primary" icon={ArrowRight} to={step.to}>
            {step.action}
          </LinkButton>
        ) : (
          <Button
            look="primary"
            icon={Sparkles}
            isDisabled={isBroke}
            onPress={() => cluster(site, { all_new: true }, then)}
          >
            {step.action}
          </Button>
        ))}
    </section>
  );
}
