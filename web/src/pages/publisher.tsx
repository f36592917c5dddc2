/** What is public of the site in hand: its pages with their addresses, and its versions. */
import { ExternalLink } from "lucide-react";
import { useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Site } from "@/api/types";
import { count, date, number } from "@/lib/format";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { Skeleton } from "@/ui/states";
import { Deployments } from "./publisher/Deployments";
import { Records } from "./publisher/Records";
import { Redeploy } from "./publisher/Redeploy";
import { bytes, useDeployments, useRecords } from "./publisher/usePublisher";
import { NoSite } from "./writer/NoSite";

export function Publisher() {
  const { site, loading, error, again } = useSite();
  const may = useMay("editor");
  return (
    <Page
      title="Publisher"
      intro="What visitors of this site can read, and every version of it that went online."
      actions={may && site && <Redeploy site={site} />}
    >
      {site ? (
        <OfSite key={site.id} site={site} />
      ) : loading ? (
        <Skeleton className="h-96 w-full" />
      ) : (
        <NoSite error={error} again={again} />
      )}
    </Page>
  );
}

function OfSite({ site }: { site: Site }) {
  const records = useRecords(site.id);
  const deployments = useDeployments(site.id);
  const live = deployments.rows.find((one) => one.live);
  const known = !deployments.loading;
  const isOld = live !== undefined && live.id !== deployments.rows[0]?.id;
  return (
    <>
      <StatsCards
        stats={[
          { label: "Published pages", value: records.total === undefined ? undefined : number(records.total) },
          { label: "Versions", value: deployments.total === undefined ? undefined : number(deployments.total) },
          {
            label: "Online",
            value: known ? (live ? count(live.files, "file") : "Nothing yet") : undefined,
            note: live ? bytes(live.bytes) : "\u00a0",
          },
          {
            label: "Address",
            value: known ? (
              live ? (
                <a
                  href={live.url}
                  target="_blank"
                  rel="noreferrer"
                  title={live.url}
                  className="flex h-8 items-center gap-1.5 text-sm text-brand hover:underline"
                >
                  <span className="truncate">{live.url.replace(/^https?:\/\//, "")}</span>
                  <ExternalLink className="size-4 shrink-0" aria-label="Opens in a new tab" />
                </a>
              ) : (
                "None yet"
              )
            ) : undefined,
            note: live ? `Since ${date(live.created_at)}` : "\u00a0",
          },
        ]}
      />
      {isOld && (
        <p role="status" className="rounded-lg bg-warn-soft px-4 py-2 text-warn">
          Visitors see an older version, without what was published after it. Make a newer version live, or deploy
          again.
        </p>
      )}
      <Records list={records} />
      {/* How high the table above is shows with its rows; what is below comes then, so that nothing moves. */}
      {!records.loading && <Deployments list={deployments} />}
    </>
  );
}
