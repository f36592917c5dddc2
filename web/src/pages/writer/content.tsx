/** What was written: a list to choose from, to publish, and to open in the editor. */
import { ExternalLink, Globe, Images, Pencil } from "lucide-react";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { api, call } from "@/api/client";
import { type List, useList, useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Content, ContentStatus, Site } from "@/api/types";
import { ago, count, number, words } from "@/lib/format";
import { ENTITY_TYPES, entityName, options } from "@/lib/kinds";
import { useStable } from "@/lib/useStable";
import { clusterOptions, useClusters } from "@/pages/planner/data";
import { ActionButtons, actionsColumn } from "@/ui/ActionButtons";
import { Badge, StatusBadge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { EmptyState, Skeleton } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { useSelection } from "@/ui/useSelection";
import { NoSite } from "./NoSite";
import { plan } from "./pictures/data";
import { behind, HOSTED, MOST_PUBLISHED, publish } from "./publish";
import { isApproved, useWantsReview } from "./review";
import { useClusterFilter } from "./useTasks";

const STATUSES: { id: ContentStatus; name: string }[] = [
  { id: "draft", name: "Draft" },
  { id: "review", name: "Review" },
  { id: "approved", name: "Approved" },
  { id: "published", name: "Published" },
  { id: "archived", name: "Put away" },
];

const mayGoPublic = (row: Content, wantsReview: boolean) =>
  row.status !== "archived" && (!wantsReview || isApproved(row));

export function Contents() {
  const { site, loading, error, again } = useSite();
  return (
    <Page
      title="Content"
      intro="Everything that was written for this site. Open a page to edit it, or publish several at once."
    >
      {site ? (
        <ContentTable key={site.id} site={site} />
      ) : loading ? (
        <Skeleton className="h-96 w-full" />
      ) : (
        <NoSite error={error} again={again} />
      )}
    </Page>
  );
}

type Chosen = { status?: ContentStatus; cluster?: string; kind?: string };

function useContents(site: string, { status, cluster, kind }: Chosen): List<Content> {
  const query = {
    site_id: site,
    count: true,
    ...(status && { status }),
    ...(cluster && { cluster_id: cluster }),
    ...(kind && { entity_type: kind }),
  };
  return useList<Content>(
    "content",
    query,
    async (cursor) =>
      (await call(api.GET("/api/writer/content", { params: { query: { ...query, cursor } } }))) as never,
  );
}

function ContentTable({ site }: { site: Site }) {
  const may = useMay("editor");
  const navigate = useNavigate();
  const { values, set } = useFilters(["status", "kind", "cluster"] as const);
  const clusters = useClusters(site.id).data?.rows;
  const cluster = useClusterFilter(site.id, values.cluster);
  const status = STATUSES.find((one) => one.id === values.status)?.id;
  const kind = ENTITY_TYPES.find((one) => one === values.kind);
  const list = useContents(site.id, { status, cluster, kind });
  const wantsReview = useWantsReview(site);
  const { chosen, selection, clear } = useSelection(list.rows, `${status} ${kind} ${cluster}`);
  const ready = chosen.filter((row) => mayGoPublic(row, wantsReview)).slice(0, MOST_PUBLISHED);
  const open = useStable((row: Content) => void navigate(`/writer/content/${row.id}`));
  const columns = useMemo(() => columnsOf(may, site, wantsReview, open), [may, site, wantsReview, open]);
  const publishChosen = () => {
    const left = chosen.length - ready.length;
    if (left > 0) told(`${count(left, "page")} left out: they are put away, or this site requires a review first.`);
    publish(
      ready.map((row) => row.id),
      site.name,
      clear,
    );
  };

  return (
    <>
      <FilterPanel
        table="content"
        values={values}
        set={set}
        filters={[
          { name: "status", label: "Any status", kind: "choice", options: STATUSES },
          { name: "kind", label: "Any kind", kind: "choice", options: options(ENTITY_TYPES, entityName) },
          {
            name: "cluster",
            label: "Any cluster",
            kind: "choice",
            options: clusterOptions(clusters, undefined),
          },
        ]}
      />
      <DataTable
        label="Content"
        list={list}
        columns={columns}
        selection={may ? selection : undefined}
        onOpen={open}
        rowLabel={(row) => row.title}
        empty={<Nothing filtered={Boolean(status || kind || cluster)} may={may} />}
      />
      {may && (
        <ActionButtons
          chosen={chosen.length}
          noun="page"
          clear={clear}
          actions={[
            {
              label: ready.length === chosen.length ? "Publish" : `Publish ${ready.length}`,
              icon: Globe,
              disabled: ready.length === 0,
              run: publishChosen,
            },
            { label: "Plan pictures", icon: Images, run: () => plan(chosen, clear) },
          ]}
        />
      )}
    </>
  );
}

function Nothing({ filtered, may }: { filtered: boolean; may: boolean }) {
  if (filtered) return <EmptyState title="No content matches">Change the filters, or clear them.</EmptyState>;
  return (
    <EmptyState
      title="No content yet"
      action={
        may && (
          <LinkButton look="primary" to="/writer/tasks">
            Go to tasks
          </LinkButton>
        )
      }
    >
      Articles appear here once their tasks are written.
    </EmptyState>
  );
}

/** Where it is published, and whether that is the newest revision. */
function Place({ content }: { content: Content }) {
  const place = content.destinations[HOSTED];
  if (!place) return <span className="text-ink-soft">Not published</span>;
  const moves = place.slug === content.slug ? undefined : `Published again it moves to /${content.slug}.`;
  const old = behind(content) ?? moves;
  return (
    <span className="flex items-center gap-1.5">
      <a
        href={place.url}
        target="_blank"
        rel="noreferrer"
        title={place.url}
        className="inline-flex items-center gap-1 text-brand hover:underline"
      >
        Our hosting
        <ExternalLink className="size-3.5" aria-label="Opens in a new tab" />
      </a>
      {old && (
        <span className="text-xs text-warn" title={old}>
          changed since
        </span>
      )}
    </span>
  );
}

function columnsOf(may: boolean, site: Site, wantsReview: boolean, open: (row: Content) => void): Column<Content>[] {
  const columns: Column<Content>[] = [
    {
      id: "title",
      header: "Title",
      width: { base: 7, sm: 12 },
      grows: true,
      cell: (row) => (
        <Link to={`/writer/content/${row.id}`} className="row-name">
          {row.title}
        </Link>
      ),
    },
    { id: "status", header: "Status", width: 7, cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: "word_count",
      header: "Words",
      right: true,
      width: { sm: 5.5 },
      cell: (row) => number(row.word_count),
    },
    { id: "place", header: "Published to", width: { md: 8, xl: 12 }, cell: (row) => <Place content={row} /> },
    { id: "kind", header: "Kind", width: { lg: 8.5 }, cell: (row) => <Badge>{entityName(row.entity_type)}</Badge> },
    { id: "structure", header: "Structure", width: { "2xl": 8 }, cell: (row) => words(row.structure) },
    { id: "category", header: "Category", width: { "2xl": 12 }, cell: (row) => row.category ?? "" },
    {
      id: "updated_at",
      header: "Updated",
      width: { md: 8.5 },
      className: "text-ink-soft",
      cell: (row) => ago(row.updated_at),
    },
  ];
  const entriesOf = (row: Content) => [
    { id: "edit", label: "Edit", icon: Pencil, run: () => open(row) },
    { id: "pictures", label: "Plan pictures", icon: Images, run: () => plan([row]) },
    {
      id: "publish",
      label: row.destinations[HOSTED] ? "Publish again" : "Publish",
      icon: Globe,
      disabled: !mayGoPublic(row, wantsReview),
      run: () => publish([row.id], site.name),
    },
  ];
  return may ? [...columns, actionsColumn(({ title }) => title, entriesOf)] : columns;
}
