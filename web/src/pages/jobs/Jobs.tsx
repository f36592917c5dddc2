import { Globe, Workflow } from "lucide-react";
import { ApiError } from "@/api/problem";
import { useJobs, useSites } from "@/api/resources";
import type { Site } from "@/api/types";
import { FUNCTIONS } from "@/lib/format";
import { Button, LinkButton } from "@/ui/Button";
import { type Filter, FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { EmptyState } from "@/ui/states";
import { TaskQueueTable } from "@/ui/TaskQueueTable";

const FILTERS: Filter[] = [
  {
    name: "function",
    label: "Any job",
    kind: "choice",
    options: Object.entries(FUNCTIONS).map(([id, name]) => ({ id, name })),
  },
  { name: "failures", label: "Any outcome", kind: "choice", options: [{ id: "yes", name: "With failures" }] },
];

/** The choice of a site; also of one that is not there, so that it is seen to be chosen. */
function siteFilter(sites: Site[], chosen: string | undefined): Filter[] {
  const options = sites.map(({ id, name }) => ({ id, name }));
  if (chosen && !options.some((one) => one.id === chosen)) options.push({ id: chosen, name: "Unknown site" });
  return options.length > 1 || chosen ? [{ name: "site", label: "Any site", kind: "choice", options }] : [];
}

/** The server knows no such site, or it is nobody's id. */
function isNoSite(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.fields.site_id !== undefined);
}

export function Jobs() {
  const { values, set, any } = useFilters(["function", "failures", "site"]);
  const sites = useSites().data ?? [];
  const list = useJobs(values);
  const filters = [...FILTERS, ...siteFilter(sites, values.site)];
  if (values.site && isNoSite(list.error)) {
    return (
      <Page title="Jobs">
        <EmptyState
          icon={Globe}
          title="This site is not here"
          action={
            <Button look="primary" onPress={() => set({ site: "" })}>
              All sites
            </Button>
          }
        >
          The address asks for the jobs of one site. It was deleted, or it belongs to another account.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title="Jobs" intro="Everything that takes time: how far it is, what it cost, and what went wrong.">
      <FilterPanel table="jobs" filters={filters} values={values} set={set} />
      <TaskQueueTable
        list={list}
        empty={
          any ? (
            <EmptyState icon={Workflow} title="No such job">
              No job fits these filters. Take one off to see more.
            </EmptyState>
          ) : (
            <EmptyState
              icon={Workflow}
              title="No jobs yet"
              action={
                <LinkButton look="primary" to="/planner/keywords">
                  Go to keywords
                </LinkButton>
              }
            >
              Clustering, ideas, articles and publishing run as jobs and stay here with their cost.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}
