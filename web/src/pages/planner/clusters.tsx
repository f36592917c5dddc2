/** Clusters of a site: what belongs together, as a picture and as a table. */
import {
  ChartNoAxesColumn,
  FolderTree,
  Lightbulb,
  Merge,
  Network,
  Pencil,
  Plus,
  Split,
  SquareStack,
  Tags,
  Trash2,
} from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { type List, useMay } from "@/api/query";
import type { Cluster, Site } from "@/api/types";
import { ago, number, words } from "@/lib/format";
import { useStable } from "@/lib/useStable";
import { ActionButtons, actionsColumn } from "@/ui/ActionButtons";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import type { MenuEntry } from "@/ui/Menu";
import { Page } from "@/ui/Page";
import { EmptyState, Skeleton } from "@/ui/states";
import { TitleButton } from "@/ui/TitleButton";
import { useSelection } from "@/ui/useSelection";
import { ViewToggle } from "@/ui/ViewToggle";
import { ClusterDetail } from "./ClusterDetail";
import { ClusterForm, GenerateForm } from "./ClusterForms";
import { MOST_FOR_IDEAS, removeClusters } from "./clusterActions";
import { useClusters } from "./data";
import { folded } from "./importColumns";
import { MergeClusters, MOST_MERGED } from "./MergeClusters";
import { OfSite } from "./OfSite";
import { SplitCluster } from "./SplitCluster";

const ClusterPicture = lazy(() => import("./ClusterPicture"));
const HubMap = lazy(() => import("./HubMap"));

const PICTURES = [
  { id: "sizes", name: "Sizes", icon: SquareStack },
  { id: "hubs", name: "Hubs", icon: Network },
] as const;

export function Clusters() {
  return <OfSite title="Clusters">{(site) => <SiteClusters key={site.id} site={site} />}</OfSite>;
}

const ORDERS: Record<string, (a: Cluster, b: Cluster) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  volume: (a, b) => a.volume - b.volume,
  keyword_count: (a, b) => a.keyword_count - b.keyword_count,
  created_at: (a, b) => a.created_at.localeCompare(b.created_at),
};

/** All clusters in an order of the table; only right when all of them are here. */
function inOrder(rows: Cluster[], sort: string): Cluster[] {
  const order = ORDERS[sort.replace("-", "")];
  if (!order) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => sign * order(a, b));
}

function SiteClusters({ site }: { site: Site }) {
  const mayEdit = useMay("editor");
  const query = useClusters(site.id);
  const { values, set } = useFilters(["q", "sort", "open", "picture"] as const);
  const [editing, setEditing] = useState<{ cluster?: Cluster }>();
  const [generating, setGenerating] = useState<Cluster[]>();
  const [merging, setMerging] = useState<Cluster[]>();
  const [splitting, setSplitting] = useState<Cluster>();

  const whole = query.data?.whole ?? true;
  const sort = values.sort ?? (whole ? "-volume" : "-created_at");
  const all = query.data?.rows;
  const wanted = folded(values.q ?? "");
  const rows = useMemo(() => {
    const found = (all ?? []).filter((one) => folded(one.name).includes(wanted));
    return inOrder(found, whole ? sort : "");
  }, [all, wanted, sort, whole]);
  const list: List<Cluster> = {
    rows,
    total: whole ? rows.length : undefined,
    loading: query.isPending,
    changing: false,
    error: query.error,
    hasMore: false,
    more: () => undefined,
    again: () => void query.refetch(),
  };
  const { chosen, selection, clear, busy, run } = useSelection(rows, values.q ?? "");
  const drop = (clusters: Cluster[]) => run(removeClusters, clusters);
  const open = useStable((cluster: Cluster) => set({ open: cluster.id }));
  const entriesOf = useStable((cluster: Cluster): MenuEntry[] => [
    { id: "ideas", label: "Generate ideas", icon: Lightbulb, run: () => setGenerating([cluster]) },
    { id: "edit", label: "Edit", icon: Pencil, run: () => setEditing({ cluster }) },
    {
      id: "split",
      label: "Split",
      icon: Split,
      disabled: cluster.keyword_count < 2 || Boolean(cluster.merging_into),
      run: () => setSplitting(cluster),
    },
    {
      id: "delete",
      label: "Delete",
      icon: Trash2,
      danger: true,
      disabled: cluster.keyword_count > 0 || cluster.spoke_count > 0,
      run: () => void drop([cluster]),
    },
  ]);
  const columns = useMemo(
    () => columnsOf(whole, open, mayEdit ? entriesOf : undefined),
    [whole, open, mayEdit, entriesOf],
  );
  const opened = values.open;
  const hasPicture = all?.some((row) => row.keyword_count > 0);
  const showPicture = values.picture !== "off";
  const showHubs = values.picture === "hubs";
  return (
    <Page
      title="Clusters"
      intro="Keywords that one page can answer. The larger a cluster, the more people its page can reach."
      actions={
        <>
          {(query.isPending || hasPicture) && (
            <Button
              icon={ChartNoAxesColumn}
              isDisabled={query.isPending}
              onPress={() => set({ picture: showPicture ? "off" : "" })}
            >
              {showPicture ? "Hide chart" : "Show chart"}
            </Button>
          )}
          {mayEdit && (
            <Button look="primary" icon={Plus} onPress={() => setEditing({})}>
              Add cluster
            </Button>
          )}
        </>
      }
    >
      {showPicture && hasPicture && (
        <div className="flex">
          <ViewToggle
            views={PICTURES}
            value={showHubs ? "hubs" : "sizes"}
            onChange={(next) => set({ picture: next === "hubs" ? next : "" })}
          />
        </div>
      )}
      {showPicture && (query.isPending || hasPicture) && (
        <Suspense fallback={<Skeleton className="h-[364px] rounded-xl" />}>
          {query.isPending ? (
            <Skeleton className="h-[364px] rounded-xl" />
          ) : showHubs ? (
            <HubMap site={site} open={(id) => set({ open: id })} />
          ) : (
            <ClusterPicture clusters={all ?? []} open={(id) => set({ open: id })} />
          )}
        </Suspense>
      )}
      {!whole && (
        <p className="text-ink-soft">
          This site has more than {number(all?.length ?? 0)} clusters. The newest of them are shown, in this order only.
        </p>
      )}
      <FilterPanel
        table="clusters"
        filters={[{ name: "q", label: "Search clusters", kind: "search" }]}
        values={values}
        set={set}
      />
      <DataTable
        label={`Clusters of ${site.name}`}
        list={list}
        columns={columns}
        sort={sort}
        onSort={(next) => set({ sort: next === "-name" && sort !== "name" ? "name" : next })}
        selection={mayEdit ? selection : undefined}
        onOpen={open}
        rowLabel={(row) => row.name}
        height="min(36rem, calc(100dvh - 12rem))"
        empty={
          wanted ? (
            <EmptyState
              icon={FolderTree}
              title="No clusters match"
              action={<Button onPress={() => set({ q: "" })}>Clear the search</Button>}
            >
              No name of a cluster has “{values.q}” in it.
            </EmptyState>
          ) : (
            <EmptyState
              icon={FolderTree}
              title="No clusters yet"
              action={
                <LinkButton look="primary" icon={Tags} to="/planner/keywords?status=new">
                  Go to new keywords
                </LinkButton>
              }
            >
              Clusters come from keywords: choose new keywords, or all of them, and group them.
            </EmptyState>
          )
        }
      />
      <ActionButtons
        chosen={chosen.length}
        noun="cluster"
        clear={clear}
        actions={[
          {
            label: chosen.length > MOST_FOR_IDEAS ? `Ideas (${MOST_FOR_IDEAS} clusters at most)` : "Generate ideas",
            icon: Lightbulb,
            disabled: busy || chosen.length > MOST_FOR_IDEAS,
            run: () => setGenerating(chosen),
          },
          {
            label: chosen.length > MOST_MERGED + 1 ? `Merge (${MOST_MERGED + 1} at most)` : "Merge",
            icon: Merge,
            disabled: busy || chosen.length < 2 || chosen.length > MOST_MERGED + 1,
            run: () => setMerging(chosen),
          },
          { label: "Delete", icon: Trash2, danger: true, disabled: busy, run: () => void drop(chosen) },
        ]}
      />
      {opened && (
        <ClusterDetail
          id={opened}
          mayEdit={mayEdit}
          onClose={() => set({ open: "" })}
          edit={(cluster) => setEditing({ cluster })}
          generate={(cluster) => setGenerating([cluster])}
          split={setSplitting}
          remove={(cluster) => {
            set({ open: "" });
            void drop([cluster]);
          }}
        />
      )}
      {editing && <ClusterForm site={site} cluster={editing.cluster} onClose={() => setEditing(undefined)} />}
      {merging && <MergeClusters clusters={merging} onClose={() => setMerging(undefined)} then={clear} />}
      {splitting && (
        <SplitCluster
          cluster={splitting}
          onClose={() => setSplitting(undefined)}
          then={(made) => set({ open: made.id })}
        />
      )}
      {generating && <GenerateForm clusters={generating} onClose={() => setGenerating(undefined)} then={clear} />}
    </Page>
  );
}

/** `entriesOf` tells what can be done with a cluster, where one may do anything. */
function columnsOf(
  sort: boolean,
  open: (cluster: Cluster) => void,
  entriesOf: ((cluster: Cluster) => MenuEntry[]) | undefined,
): Column<Cluster>[] {
  const columns: Column<Cluster>[] = [
    {
      id: "name",
      header: "Cluster",
      sort,
      width: 10,
      grows: true,
      cell: (row) => <TitleButton name={row.name} hint={row.description || row.name} open={() => open(row)} />,
    },
    {
      id: "page_type",
      header: "Page type",
      width: { lg: 8 },
      cell: (row) => (row.merging_into ? <Badge tone="warn">Merging</Badge> : words(row.page_type)),
    },
    { id: "volume", header: "Volume", sort, right: true, width: 7, cell: (row) => number(row.volume) },
    {
      id: "keyword_count",
      header: "Keywords",
      sort,
      right: true,
      width: 7,
      cell: (row) => number(row.keyword_count),
    },
    {
      id: "created_at",
      header: "Created",
      sort,
      width: { md: 8.5 },
      className: "text-ink-soft",
      cell: (row) => ago(row.created_at),
    },
  ];
  return entriesOf ? [...columns, actionsColumn(({ name }) => name, entriesOf)] : columns;
}
