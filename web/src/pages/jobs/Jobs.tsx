import { Workflow } from "lucide-react";
import { useJobs } from "@/api/resources";
import { FUNCTIONS } from "@/lib/format";
import { LinkButton } from "@/ui/Button";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { EmptyState } from "@/ui/states";
import { TaskQueueTable } from "@/ui/TaskQueueTable";

const FILTERS = [
  {
    name: "function",
    label: "All jobs",
    kind: "choice" as const,
    options: Object.entries(FUNCTIONS).map(([id, name]) => ({ id, name })),
  },
];

export function Jobs() {
  const { values, set, any } = useFilters(["function"]);
  return (
    <Page title="Jobs" intro="Everything that takes time: how far it is, what it cost, and what went wrong.">
      <FilterPanel table="jobs" filters={FILTERS} values={values} set={set} />
      <TaskQueueTable
        list={useJobs(values)}
        empty={
          any ? (
            <EmptyState icon={Workflow} title="No such job">
              No job of this kind was started yet.
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
