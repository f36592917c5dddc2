/** What there is, what waits, what went wrong, and the one thing to do next. */
import { Rocket } from "lucide-react";
import { useMay, useMe } from "@/api/query";
import { useSite, useSites } from "@/api/resources";
import type { Site } from "@/api/types";
import { mayOf } from "@/lib/rights";
import { useProgress } from "@/pages/onboarding/progress";
import { LinkButton } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { Attention } from "./Attention";
import { Credits } from "./Credits";
import { useCounts } from "./counts";
import { Funnel } from "./Funnel";
import { NextStepCard } from "./NextStepCard";
import { Recent } from "./Recent";

export function Dashboard() {
  const { site, loading } = useSite();
  const sites = useSites();
  if (site) return <Of key={site.id} site={site} />;
  return (
    <Page title="Dashboard">
      {sites.error ? (
        <ErrorState error={sites.error} again={() => void sites.refetch()} />
      ) : loading ? (
        <>
          <Skeleton className="h-24" />
          <Skeleton className="h-36" />
          <Skeleton className="h-72" />
        </>
      ) : (
        <NoSite />
      )}
    </Page>
  );
}

function NoSite() {
  const may = useMay("admin");
  return (
    <div className="card">
      <EmptyState
        icon={Rocket}
        title="Set up your first site"
        action={
          may && (
            <LinkButton look="primary" to="/welcome">
              Start the setup
            </LinkButton>
          )
        }
      >
        {may
          ? "It takes a few minutes: the site, then its keywords. Articles follow from there."
          : "There is no site here that you may see. Ask an admin to add one, or to let you see one."}
      </EmptyState>
    </div>
  );
}

function Of({ site }: { site: Site }) {
  const me = useMe().data;
  const may = useMay("editor");
  const counts = useCounts(site.id);
  const isLeft = useProgress((state) => {
    const kept = me && state.tenants[me.tenant.id];
    return kept !== undefined && kept.step !== "welcome" && kept.step !== "done";
  });
  return (
    <Page
      title="Dashboard"
      intro={site.name}
      actions={may && isLeft && <LinkButton to="/welcome">Go on with the setup</LinkButton>}
    >
      {counts.error ? (
        <div className="card">
          <ErrorState error={counts.error} again={counts.again} />
        </div>
      ) : (
        <>
          <NextStepCard site={site} counts={counts.data} />
          <Funnel counts={counts.data} />
        </>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        <Attention site={site} />
        <Recent site={site} />
      </div>
      {mayOf(me, "admin") && <Credits />}
    </Page>
  );
}
