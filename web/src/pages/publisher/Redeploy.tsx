import { Rocket } from "lucide-react";
import { useRecentJobs } from "@/api/resources";
import type { Site } from "@/api/types";
import { isOpen } from "@/lib/jobs";
import { Button } from "@/ui/Button";
import { redeploy, useDeployments } from "./usePublisher";

/** Renders the site anew; there is nothing to render before something is published. */
export function Redeploy({ site }: { site: Site }) {
  const jobs = useRecentJobs().data ?? [];
  const busy = jobs.some((job) => isOpen(job) && job.site_id === site.id && job.function === "publish");
  const any = useDeployments(site.id).rows.length > 0;
  return (
    <Button icon={Rocket} busy={busy} isDisabled={!any} onPress={() => void redeploy(site)}>
      {busy ? "Deploying" : "Deploy again"}
    </Button>
  );
}
