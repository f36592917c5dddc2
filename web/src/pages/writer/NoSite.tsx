import { useMay } from "@/api/query";
import { useSites } from "@/api/resources";
import { LinkButton } from "@/ui/Button";
import { EmptyState, ErrorState } from "@/ui/states";

/** Shown by pages that are about the site in hand while there is none, or while it cannot be known. */
export function NoSite() {
  const may = useMay("admin");
  const sites = useSites();
  if (sites.error && !sites.data) {
    return (
      <div className="card">
        <ErrorState error={sites.error} again={() => void sites.refetch()} />
      </div>
    );
  }
  return (
    <div className="card">
      <EmptyState
        title="No site yet"
        action={
          may && (
            <LinkButton look="primary" to="/settings/sites?new=1">
              Add a site
            </LinkButton>
          )
        }
      >
        Everything that is written belongs to a site.{!may && " An admin can add one."}
      </EmptyState>
    </div>
  );
}
