import { useMay } from "@/api/query";
import { LinkButton } from "@/ui/Button";
import { EmptyState } from "@/ui/states";

/** Shown by pages that are about the site in hand while there is none. */
export function NoSite() {
  const may = useMay("admin");
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
