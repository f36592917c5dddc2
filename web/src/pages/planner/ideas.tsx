/** Ideas of a site: what could be written, to be judged, corrected and made into tasks. */
import { Check, LayoutGrid, Lightbulb, ListPlus, Plus, Table2, Trash2, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import type { Idea, Site } from "@/api/types";
import { count, number, words } from "@/lib/format";
import { useStable } from "@/lib/useStable";
import { ActionButtons, actionsColumn } from "@/ui/ActionButtons";
import { StatusBadge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { type Filter, FilterPanel, useFilters } from "@/ui/FilterPanel";
import type { MenuEntry } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { TitleButton } from "@/ui/TitleButton";
import { useSelection } from "@/ui/useSelection";
import { ViewToggle } from "@/ui/ViewToggle";
import { AddIdea } from "./AddIdea";
import { clusterOptions, figure, useClusters, useIdeaCount, useSectors } from "./data";
import { IdeaCard, type IdeaWork, ideaEntries } from "./IdeaCards";
import { IdeaDialog } from "./IdeaDialog";
import { VerdictBadge } from "./IdeaVerdict";
import { decide, mergeIdea, overrule, queue, removeIdeas, unmergeIdea } from "./ideaActions";
import { IDEA_FILTERS, IDEA_STATUSES, type IdeaValues, isOpenIdea, isTaken, useIdeas } from "./ideaList";
import { OfSite } from "./OfSite";
import { RejectForm } from "./RejectForm";

const VIEWS = [
  { id: "cards", name: "Cards", icon: LayoutGrid },
  { id: "table", name: "Table", icon: Table2 },
] as const;

export function Ideas() {
  return <OfSite title="Ideas">{(site) => <SiteIdeas key={site.id} site={site} />}</OfSite>;
}

function SiteIdeas({ site }: { site: Site }) {
  const mayEdit = useMay("editor");
  const navigate = useNavigate();
  const filters = useFilters([...IDEA_FILTERS, "view", "open"] as const);
  const { view, open, ...rest } = filters.values;
  const values: IdeaValues = rest;
  const list = useIdeas(site.id, values);
  const clusters = useClusters(site.id).data?.rows;
  const sectors = useSectors(site.id).data;
  const [adding, setAdding] = useState(false);
  const [rejecting, setRejecting] = useState<Idea[]>();
  const { chosen, selection, clear, busy, run } = useSelection(list.rows, JSON.stringify(values));
  const queued = (ideas: Idea[]) => queue(ideas, () => void navigate("/writer/tasks"));
  const work: IdeaWork = {
    mayEdit,
    busy,
    open: (idea) => filters.set({ open: idea.id }),
    accept: (idea) => void run((ideas) => decide(ideas, "accept"), [idea]),
    reject: (idea) => setRejecting([idea]),
    restore: (idea) => void run((ideas) => decide(ideas, "restore"), [idea]),
    queue: (idea) => void run(queued, [idea]),
    overrule: (idea) => void run(overrule, [idea]),
    merge: (idea) => void run(() => mergeIdea(idea, navigate), [idea]),
    unmerge: (idea) => void run(() => unmergeIdea(idea), [idea]),
    remove: (idea) => void run(removeIdeas, [idea]),
  };
  const names = useMemo(() => new Map(clusters?.map((one) => [one.id, one.name])), [clusters]);
  const openIdea = useStable(work.open);
  const entriesOf = useStable((idea: Idea) => ideaEntries(idea, work));
  const columns = useMemo(
    () => columnsOf(names, openIdea, mayEdit ? entriesOf : undefined),
    [names, openIdea, mayEdit, entriesOf],
  );
  const isTable = view === "table";
  const isFiltered = IDEA_FILTERS.some((name) => values[name]);
  const fields: Filter[] = [
    {
      name: "status",
      label: "Any status",
      kind: "choice",
      options: IDEA_STATUSES.map((id) => ({ id, name: words(id) })),
    },
    { name: "cluster_id", label: "Any cluster", kind: "choice", options: clusterOptions(clusters, values.cluster_id) },
  ];
  if (values.sector_id || (sectors && sectors.length > 0)) {
    const options = (sectors ?? []).map((one) => ({ id: one.id, name: one.name }));
    fields.push({ name: "sector_id", label: "Any sector", kind: "choice", options });
  }
  const empty = isFiltered ? (
    <EmptyState
      icon={Lightbulb}
      title="No ideas match"
      action={<Button onPress={() => filters.set({ status: "", cluster_id: "", sector_id: "" })}>Clear filters</Button>}
    >
      Remove a filter to see more.
    </EmptyState>
  ) : (
    <EmptyState
      icon={Lightbulb}
      title="No ideas yet"
      action={
        <LinkButton look="primary" to="/planner/clusters">
          Go to clusters
        </LinkButton>
      }
    >
      Ideas come from clusters: choose some, and get ideas with outlines for them.
    </EmptyState>
  );
  const toggle = (id: string) => {
    const next = new Set(selection.ids);
    if (!next.delete(id)) next.add(id);
    selection.set(next);
  };
  return (
    <Page
      title="Ideas"
      intro="Articles that you could write, each with an outline. Accept the good ones, then make tasks of them."
      actions={
        mayEdit && (
          <Button look="primary" icon={Plus} onPress={() => setAdding(true)}>
            Add idea
          </Button>
        )
      }
    >
      <Counts site={site} view={view} />
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="flex-1 max-sm:basis-full">
          <FilterPanel table="ideas" filters={fields} values={values} set={filters.set} />
        </div>
        <ViewToggle
          views={VIEWS}
          value={isTable ? "table" : "cards"}
          onChange={(next) => filters.set({ view: next === "table" ? next : "" })}
        />
      </div>
      {isTable ? (
        <DataTable
          label={`Ideas of ${site.name}`}
          list={list}
          columns={columns}
          selection={mayEdit ? selection : undefined}
          onOpen={work.open}
          rowLabel={(row) => row.title}
          empty={empty}
        />
      ) : (
        <Cards list={list} empty={empty}>
          {(idea) => (
            <IdeaCard
              idea={idea}
              cluster={idea.cluster_id ? names.get(idea.cluster_id) : undefined}
              work={work}
              isChosen={selection.ids.has(idea.id)}
              choose={() => toggle(idea.id)}
            />
          )}
        </Cards>
      )}
      <ActionButtons
        chosen={chosen.length}
        noun="idea"
        clear={clear}
        actions={[
          {
            label: "Accept",
            icon: Check,
            disabled: busy || chosen.every((idea) => isTaken(idea) || idea.status === "accepted"),
            run: () => void run((ideas) => decide(ideas, "accept")),
          },
          {
            label: "Reject",
            icon: X,
            disabled: busy || chosen.every((idea) => isTaken(idea) || idea.status === "rejected"),
            run: () => setRejecting(chosen),
          },
          {
            label: `Make ${count(chosen.filter(isOpenIdea).length, "task")}`,
            icon: ListPlus,
            disabled: busy || !chosen.some(isOpenIdea),
            run: () => void run(queued),
          },
          {
            label: "Delete",
            icon: Trash2,
            danger: true,
            disabled: busy || chosen.every(isTaken),
            run: () => void run(removeIdeas),
          },
        ]}
      />
      {open && (
        <IdeaDialog
          key={open}
          id={open}
          clusters={clusters}
          mayEdit={mayEdit}
          merge={work.merge}
          unmerge={work.unmerge}
          onClose={() => filters.set({ open: "" })}
        />
      )}
      {rejecting && (
        <RejectForm
          ideas={rejecting}
          onClose={() => setRejecting(undefined)}
          reject={(reason) => run((ideas) => decide(ideas, "reject", reason), rejecting)}
        />
      )}
      {adding && (
        <AddIdea site={site} clusters={clusters} cluster={values.cluster_id ?? ""} onClose={() => setAdding(false)} />
      )}
    </Page>
  );
}

function Counts({ site, view }: { site: Site; view?: string }) {
  const fresh = useIdeaCount(site.id, "new");
  const accepted = useIdeaCount(site.id, "accepted");
  const queued = useIdeaCount(site.id, "queued");
  const written = useIdeaCount(site.id, "written");
  const to = (status: string) => `/planner/ideas?status=${status}${view ? `&view=${view}` : ""}`;
  return (
    <StatsCards
      stats={[
        { label: "New", value: figure(fresh), note: "waiting for a decision", to: to("new") },
        { label: "Accepted", value: figure(accepted), note: "ready to become tasks", to: to("accepted") },
        { label: "Queued", value: figure(queued), note: "in the task list", to: to("queued") },
        { label: "Written", value: figure(written), note: "with an article", to: to("written") },
      ]}
    />
  );
}

function Cards({
  list,
  empty,
  children,
}: {
  list: List<Idea>;
  empty: React.ReactNode;
  children: (idea: Idea) => React.ReactNode;
}) {
  const grid = "grid gap-3 sm:grid-cols-2 xl:grid-cols-3";
  if (list.loading) {
    return (
      <div className={grid} aria-busy>
        {["a", "b", "c", "d", "e", "f"].map((place) => (
          <Skeleton key={place} className="h-44 rounded-xl" />
        ))}
      </div>
    );
  }
  if (list.error && list.rows.length === 0) return <ErrorState error={list.error} again={list.again} />;
  if (list.rows.length === 0) return <div className="card">{empty}</div>;
  return (
    <>
      <ul className={`${grid} ${list.changing ? "opacity-60" : ""}`} aria-busy={list.changing}>
        {list.rows.map((idea) => (
          <li key={idea.id} className="grid">
            {children(idea)}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center justify-center gap-4 pb-16 text-xs text-ink-soft">
        <span aria-live="polite">
          {number(list.rows.length)}
          {list.total !== undefined && ` of ${number(list.total)}`}
        </span>
        {list.hasMore && <Button onPress={list.more}>Show more</Button>}
      </div>
    </>
  );
}

/** `entriesOf` tells what can be done with an idea, where one may do anything. */
function columnsOf(
  clusters: Map<string, string>,
  open: (idea: Idea) => void,
  entriesOf: ((idea: Idea) => MenuEntry[]) | undefined,
): Column<Idea>[] {
  const columns: Column<Idea>[] = [
    {
      id: "title",
      header: "Title",
      width: { base: 7, sm: 12 },
      grows: true,
      cell: (row) => <TitleButton name={row.title} open={() => open(row)} />,
    },
    {
      id: "cluster",
      header: "Cluster",
      width: { lg: 9, xl: 12 },
      className: "text-ink-soft",
      cell: (row) => (row.cluster_id ? (clusters.get(row.cluster_id) ?? "In a cluster") : "None"),
    },
    { id: "structure", header: "Structure", width: { md: 8 }, cell: (row) => words(row.structure) },
    {
      id: "estimated_words",
      header: "Words",
      right: true,
      width: { sm: 5.5 },
      cell: (row) => number(row.estimated_words),
    },
    {
      id: "status",
      header: "Status",
      width: { base: 6.5, lg: 12 },
      cell: (row) => (
        <span className="flex flex-wrap gap-1">
          <StatusBadge status={row.status} />
          <VerdictBadge idea={row} />
        </span>
      ),
    },
  ];
  return entriesOf ? [...columns, actionsColumn(({ title }) => title, entriesOf)] : columns;
}
