import { Globe } from "lucide-react";
import { useSite, useSites } from "@/api/resources";
import type { Site } from "@/api/types";
import { LinkButton } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";

/** A page about the site in hand: it waits for the site, and says how to get one where there is none. */
export function OfSite({ title, children }: { title: string; children: (site: Site) => React.ReactNode }) {
  const sites = useSites();
  const { site } = useSite();
  if (site) return children(site);
  return (
    <Page title={title}>
      <div className="card">
        {sites.error ? (
          <ErrorState error={sites.error} again={() => void sites.refetch()} />
        ) : sites.isPending ? (
          <Skeleton className="m-4 h-64" />
        ) : (
          <EmptyState
            icon={Globe}
            title="No site yet"
            action={
              <LinkButton look="primary" to="/settings/sites">
                Add site
              </LinkButton>
            }
          >
            Keywords, clusters and ideas belong to a site. Add one to begin.
          </EmptyState>
        )}
      </div>
    </Page>
  );
}
