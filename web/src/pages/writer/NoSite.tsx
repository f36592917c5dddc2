import { useMay } from "@/api/query";
import { LinkButton } from "@/ui/Button";
import { EmptyState, ErrorState } from "@/ui/states";

/** Shown by pages that are about the site in hand while there is none, or while it cannot be known. */
export function NoSite({ error, again }: { error: unknown; again: () => void }) {
  const may = useMay("admin");
  if (error) {
    return (
      <div className="card">
        <ErrorState error={error} again={again} />
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
              Add site
            </LinkButton>
          )
        }
      >
        Everything that is written belongs to a site.{!may && " An admin can add one."}
      </EmptyState>
    </div>
  );
}
