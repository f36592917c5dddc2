import { Workflow } from "lucide-react";
import { useJobs, useSites } from "@/api/resources";
import { FUNCTIONS } from "@/lib/format";
import { LinkButton } from "@/ui/Button";
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

export function Jobs() {
  const { values, set, any } = useFilters(["function", "failures", "site"]);
  const sites = useSites().data ?? [];
  const bySite: Filter[] =
    sites.length > 1 ? [{ name: "site", label: "Any site", kind: "choice", options: sites }] : [];
  return (
    <Page title="Jobs" intro="Everything that takes time: how far it is, what it cost, and what went wrong.">
      <FilterPanel table="jobs" filters={[...FILTERS, ...bySite]} values={values} set={set} />
      <TaskQueueTable
        list={useJobs(values)}
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
