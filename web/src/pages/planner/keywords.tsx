/** Keywords of a site: found, filtered, corrected, grouped, put away. */
import {
  Archive,
  ArchiveRestore,
  Copy,
  Download,
  FileUp,
  FolderInput,
  FolderTree,
  Pencil,
  Plus,
  SlidersHorizontal,
  Tags,
  Trash2,
} from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useMay } from "@/api/query";
import { useSites } from "@/api/resources";
import type { Site } from "@/api/types";
import { count } from "@/lib/format";
import { ActionButtons } from "@/ui/ActionButtons";
import { Button } from "@/ui/Button";
import { DataTable } from "@/ui/DataTable";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { StatsCards } from "@/ui/StatsCards";
import { EmptyState } from "@/ui/states";
import { failed } from "@/ui/ToastNotifications";
import { useSelection } from "@/ui/useSelection";
import { useSubmit } from "@/ui/useSubmit";
import { AddKeywords } from "./AddKeywords";
import { Duplicates } from "./Duplicates";
import { figure, useClusters, useKeywordCount, useSectors } from "./data";
import { ImportDialog } from "./ImportDialog";
import { EditKeywords, MoveKeywords } from "./KeywordForms";
import { archive, cluster, exportCsv, remove, unarchive, useMostChosen } from "./keywordActions";
import { columnsOf } from "./keywordColumns";
import { FILTERS, filterFields, hasRare, isNarrowed, orderOf, settled, useKeywords, type Values } from "./keywordList";
import { OfSite } from "./OfSite";

export function Keywords() {
  return <OfSite title="Keywords">{(site) => <SiteKeywords key={site.id} site={site} />}</OfSite>;
}

function SiteKeywords({ site }: { site: Site }) {
  const mayEdit = useMay("editor");
  const [search, setSearch] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const [comparing, setComparing] = useState(false);
  const hasOthers = (useSites().data?.length ?? 0) > 1;
  const { busy: exporting, send: download } = useSubmit(() => exportCsv(site).catch(failed));
  const fresh = useKeywordCount(site.id, "new").data;
  const setImporting = (on: boolean) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (on) next.set("import", "1");
        else next.delete("import");
        return next;
      },
      { replace: true },
    );
  const importing = mayEdit && search.get("import") === "1";
  return (
    <Page
      title="Keywords"
      intro="What people search for. Group it into clusters, and ideas follow."
      actions={
        <>
          <Button icon={Download} busy={exporting} onPress={download}>
            Export
          </Button>
          {hasOthers && (
            <Button icon={Copy} onPress={() => setComparing(true)}>
              In other sites
            </Button>
          )}
          {mayEdit && (
            <>
              <Button icon={Plus} onPress={() => setAdding(true)}>
                Add
              </Button>
              <Button icon={FolderTree} isDisabled={!fresh} onPress={() => cluster(site, { all_new: true })}>
                Cluster all new
              </Button>
              <Button look="primary" icon={FileUp} onPress={() => setImporting(true)}>
                Import
              </Button>
            </>
          )}
        </>
      }
    >
      <Counts site={site} />
      <KeywordTable
        site={site}
        mayEdit={mayEdit}
        first={
          mayEdit && (
            <>
              <Button look="primary" icon={FileUp} onPress={() => setImporting(true)}>
                Import a file
              </Button>
              <Button icon={Plus} onPress={() => setAdding(true)}>
                Add by hand
              </Button>
            </>
          )
        }
      />
      <AddKeywords site={site} isOpen={adding} onClose={() => setAdding(false)} />
      <ImportDialog site={site} isOpen={importing} onClose={() => setImporting(false)} />
      {comparing && <Duplicates site={site} onClose={() => setComparing(false)} />}
    </Page>
  );
}

function Counts({ site }: { site: Site }) {
  const fresh = useKeywordCount(site.id, "new");
  const clustered = useKeywordCount(site.id, "clustered");
  const mapped = useKeywordCount(site.id, "mapped");
  const archived = useKeywordCount(site.id, "archived");
  const to = (status: string) => `/planner/keywords?status=${status}`;
  return (
    <StatsCards
      stats={[
        { label: "New", value: figure(fresh), note: "waiting to be clustered", to: to("new") },
        { label: "Clustered", value: figure(clustered), note: "in a cluster, without ideas", to: to("clustered") },
        { label: "Mapped", value: figure(mapped), note: "in a cluster with ideas", to: to("mapped") },
        { label: "Archived", value: figure(archived), note: "out of sight", to: to("archived") },
      ]}
    />
  );
}

function KeywordTable({ site, mayEdit, first }: { site: Site; mayEdit: boolean; first: React.ReactNode }) {
  const filters = useFilters(FILTERS);
  const values = filters.values as Values;
  const clusters = useClusters(site.id).data?.rows;
  const sectors = useSectors(site.id).data;
  const narrowed = isNarrowed(values);
  const [more, setMore] = useState(hasRare(values));
  return (
    <>
      <div className="flex flex-col gap-1.5">
        <FilterPanel
          table="keywords"
          filters={filterFields(values, clusters, sectors, more || hasRare(values))}
          values={values}
          set={(changes) => filters.set(settled(changes))}
        >
          {!hasRare(values) && (
            <Button look="quiet" icon={SlidersHorizontal} onPress={() => setMore(!more)}>
              {more ? "Fewer filters" : "More filters"}
            </Button>
          )}
        </FilterPanel>
        {(values.q || narrowed) && (
          <p className="text-xs text-ink-soft">
            {values.q
              ? "A search looks through all keywords by their beginning. Choosing a filter ends it."
              : "A filtered list can be sorted by volume or by date. A search ends the filters."}
          </p>
        )}
      </div>
      <KeywordRows site={site} mayEdit={mayEdit} first={first} />
    </>
  );
}

/** The table itself: pages that come while one scrolls draw it again, and not the filters above. */
function KeywordRows({ site, mayEdit, first }: { site: Site; mayEdit: boolean; first: React.ReactNode }) {
  const filters = useFilters(FILTERS);
  const values = filters.values as Values;
  const list = useKeywords(site.id, values);
  const clusters = useClusters(site.id).data?.rows;
  const { chosen, selection, clear, busy, run } = useSelection(list.rows, JSON.stringify(values));
  const narrowed = isNarrowed(values);
  const sort = orderOf(values);
  const setSort = (next: string) => {
    const name = next.replace("-", "");
    if (name === "created_at") filters.set({ sort: "" });
    // Each of these has one direction; a second press goes back to the newest first.
    else if (name === "volume") filters.set({ sort: sort === "-volume" ? "" : "-volume" });
    else filters.set({ sort: sort === "keyword" ? "" : "keyword" });
  };
  const most = useMostChosen();
  const fresh = chosen.filter((row) => row.status === "new");
  const byOther = !values.q;
  const [asking, setAsking] = useState<"edit" | "move">();
  const columns = useMemo(
    () => columnsOf({ mayEdit, clusters, byName: !narrowed, byOther }),
    [mayEdit, clusters, narrowed, byOther],
  );
  return (
    <>
      <DataTable
        label={`Keywords of ${site.name}`}
        list={list}
        columns={columns}
        sort={sort}
        onSort={setSort}
        selection={mayEdit ? selection : undefined}
        rowLabel={(row) => row.keyword}
        empty={
          filters.any ? (
            <EmptyState
              icon={Tags}
              title="No keywords match"
              action={<Button onPress={filters.clear}>Clear filters</Button>}
            >
              {values.q
                ? `No keyword begins with “${values.q}”. Search looks at the beginning of keywords only.`
                : "Remove a filter to see more."}
            </EmptyState>
          ) : (
            <EmptyState icon={Tags} title="No keywords yet" action={first}>
              Import a file from Ahrefs, Semrush, Keyword Planner or Search Console, or any table with a keyword column.
            </EmptyState>
          )
        }
      />
      <ActionButtons
        chosen={chosen.length}
        noun="keyword"
        clear={clear}
        actions={[
          {
            label:
              fresh.length > most
                ? `Cluster (${most} at most)`
                : fresh.length === 0 || fresh.length === chosen.length
                  ? "Cluster"
                  : `Cluster ${count(fresh.length, "new one")}`,
            icon: FolderTree,
            disabled: busy || fresh.length === 0 || fresh.length > most,
            run: () => cluster(site, { keyword_ids: fresh.map((row) => row.id) }, clear),
          },
          { label: "Edit", icon: Pencil, disabled: busy, run: () => setAsking("edit") },
          { label: "Move", icon: FolderInput, disabled: busy, run: () => setAsking("move") },
          chosen.length > 0 && chosen.every((row) => row.status === "archived")
            ? { label: "Unarchive", icon: ArchiveRestore, disabled: busy, run: () => void run(unarchive) }
            : { label: "Archive", icon: Archive, disabled: busy, run: () => void run(archive) },
          { label: "Delete", icon: Trash2, danger: true, disabled: busy, run: () => void run(remove) },
        ]}
      />
      {asking === "edit" && <EditKeywords site={site} chosen={chosen} run={run} onClose={() => setAsking(undefined)} />}
      {asking === "move" && (
        <MoveKeywords chosen={chosen} clusters={clusters} run={run} onClose={() => setAsking(undefined)} />
      )}
    </>
  );
}
