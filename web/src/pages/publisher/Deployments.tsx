/** The versions of the site, newest first: what is in each, what the checks said, and the way back to it. */
import { CheckCircle2, RotateCcw, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { type List, useMay } from "@/api/query";
import type { Deployment } from "@/api/types";
import { ago, count, moment } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { bytes, rollBack } from "./usePublisher";

export function Deployments({ list }: { list: List<Deployment> }) {
  return (
    <section aria-labelledby="deployments-heading" className="flex flex-col gap-2">
      <h2 id="deployments-heading">Versions</h2>
      <div className="card">
        {list.error !== null && list.rows.length === 0 && <ErrorState error={list.error} again={list.again} />}
        {list.loading && (
          <div className="flex flex-col gap-4 p-4">
            {[1, 2, 3].map((one) => (
              <Skeleton key={one} className="h-10 w-full" />
            ))}
          </div>
        )}
        {!list.loading && !list.error && list.rows.length === 0 && (
          <EmptyState title="No versions yet">Each time you publish, a new version of the site goes online.</EmptyState>
        )}
        <ol className="divide-y divide-line">
          {list.rows.map((deployment) => (
            <li key={deployment.id}>
              <Version deployment={deployment} />
            </li>
          ))}
        </ol>
        {list.hasMore && (
          <div className="border-t border-line p-2 text-center">
            <Button size="sm" look="quiet" onPress={list.more}>
              Older versions
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

function Version({ deployment }: { deployment: Deployment }) {
  const may = useMay("editor");
  const [open, setOpen] = useState(false);
  const { warnings } = deployment;
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 sm:items-center">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {moment(deployment.created_at)}
          {deployment.live && <Badge tone="good">Live</Badge>}
          <span className="font-normal text-ink-soft">{ago(deployment.created_at)}</span>
        </p>
        <p className="text-[13px] text-ink-soft">
          {count(deployment.contents, "page")} · {count(deployment.files, "file")} · {bytes(deployment.bytes)} ·{" "}
          <Link to={`/jobs/${deployment.job_id}`} className="text-brand underline">
            View job
          </Link>
        </p>
        {open && (
          <ul className="mt-1 list-disc pl-5 text-[13px] break-words">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        )}
      </div>
      {warnings.length > 0 ? (
        <Button size="sm" look="quiet" icon={TriangleAlert} aria-expanded={open} onPress={() => setOpen(!open)}>
          {count(warnings.length, "warning")}
        </Button>
      ) : (
        <span className="flex h-8 items-center gap-1.5 text-[13px] text-good">
          <CheckCircle2 className="size-4" aria-hidden /> No warnings
        </span>
      )}
      {may && !deployment.live && (
        <Button size="sm" icon={RotateCcw} onPress={() => void rollBack(deployment)}>
          Make it live
        </Button>
      )}
    </div>
  );
}
