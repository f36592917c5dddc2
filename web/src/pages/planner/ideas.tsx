/** Ideas of a site: what could be written, to be judged, corrected and made into tasks. */
import { Check, LayoutGrid, Lightbulb, ListPlus, Plus, Table2, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import type { Idea, Site } from "@/api/types";
import { count, number, words } from "@/lib/format";
import { ActionButtons, RowActions } from "@/ui/ActionButtons";
import { StatusBadge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { type Filter, FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { TitleButton } from "@/ui/TitleButton";
import { ViewToggle } from "@/ui/ViewToggle";
import { AddIdea } from "./AddIdea";
import { clusterOptions, figure, useClusters, useIdeaCount, useSectors } from "./data";
import { IdeaCard, type IdeaWork, ideaEntries } from "./IdeaCards";
import { IdeaDialog } from "./IdeaDialog";
import { decide, queue, removeIdeas } from "./ideaActions";
import { IDEA_FILTERS, IDEA_STATUSES, type IdeaValues, isOpenIdea, isTaken, useIdeas } from "./ideaList";
import { OfSite } from "./OfSite";

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
  const [busy, setBusy] = useState(false);
  // What is chosen belongs to the rows of these filters.
  const place = JSON.stringify(values);
  const [chosen, setChosen] = useState<{ place: string; ids: ReadonlySet<string> }>({ place, ids: new Set() });
  const ids = chosen.place === place ? chosen.ids : new Set<string>();
  const choose = (next: ReadonlySet<string>) => setChosen({ place, ids: next });
  const picked = list.rows.filter((row) => ids.has(row.id));

  const run = async (work: (ideas: Idea[]) => Promise<Set<string>>, ideas: Idea[]) => {
    setBusy(true);
    const left = await work(ideas);
    const tried = new Set(ideas.map((idea) => idea.id));
    choose(new Set([...ids].filter((id) => left.has(id) || !tried.has(id))));
    setBusy(false);
  };
  const queued = (ideas: Idea[]) => queue(ideas, () => void navigate("/writer/tasks"));
  const work: IdeaWork = {
    mayEdit,
    busy,
    open: (idea) => filters.set({ open: idea.id }),
    accept: (idea) => void run((ideas) => decide(ideas, "accept"), [idea]),
    reject: (idea) => void run((ideas) => decide(ideas, "reject"), [idea]),
    queue: (idea) => void run(queued, [idea]),
    remove: (idea) => void run(removeIdeas, [idea]),
  };
  const names = new Map(clusters?.map((one) => [one.id, one.name]));
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
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    choose(next);
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
          columns={columnsOf(names, work)}
          selection={mayEdit ? { ids, set: choose } : undefined}
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
              isChosen={ids.has(idea.id)}
              choose={() => toggle(idea.id)}
            />
          )}
        </Cards>
      )}
      <ActionButtons
        chosen={picked.length}
        noun="idea"
        clear={() => choose(new Set())}
        actions={[
          {
            label: "Accept",
            icon: Check,
            disabled: busy || picked.every((idea) => isTaken(idea) || idea.status === "accepted"),
            run: () => void run((ideas) => decide(ideas, "accept"), picked),
          },
          {
            label: "Reject",
            icon: X,
            disabled: busy || picked.every((idea) => isTaken(idea) || idea.status === "rejected"),
            run: () => void run((ideas) => decide(ideas, "reject"), picked),
          },
          {
            label: `Make ${count(picked.filter(isOpenIdea).length, "task")}`,
            icon: ListPlus,
            disabled: busy || !picked.some(isOpenIdea),
            run: () => void run(queued, picked),
          },
          {
            label: "Delete",
            icon: Trash2,
            danger: true,
            disabled: busy || picked.every(isTaken),
            run: () => void run(removeIdeas, picked),
          },
        ]}
      />
      {open && <IdeaDialog key={open} id={open} mayEdit={mayEdit} onClose={() => filters.set({ open: "" })} />}
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

function columnsOf(clusters: Map<string, string>, work: IdeaWork): Column<Idea>[] {
  const columns: Column<Idea>[] = [
    {
      id: "title",
      header: "Title",
      className: "w-full max-w-0 min-w-28 truncate sm:min-w-48",
      cell: (row) => <TitleButton name={row.title} open={() => work.open(row)} />,
    },
    {
      id: "cluster",
      header: "Cluster",
      className: "min-w-36 max-w-48 truncate text-ink-soft max-lg:hidden",
      cell: (row) => (row.cluster_id ? (clusters.get(row.cluster_id) ?? "In a cluster") : "None"),
    },
    {
      id: "structure",
      header: "Structure",
      className: "min-w-32 whitespace-nowrap max-md:hidden",
      cell: (row) => words(row.structure),
    },
    {
      id: "estimated_words",
      header: "Words",
      right: true,
      className: "min-w-20 max-sm:hidden",
      cell: (row) => number(row.estimated_words),
    },
    { id: "status", header: "Status", className: "min-w-26", cell: (row) => <StatusBadge status={row.status} /> },
  ];
  if (!work.mayEdit) return columns;
  return [
    ...columns,
    {
      id: "actions",
      header: "",
      className: "w-12 py-0!",
      cell: (row) => <RowActions label={`Actions of ${row.title}`} entries={ideaEntries(row, work)} />,
    },
  ];
}
