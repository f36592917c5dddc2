import { Lightbulb, Pencil, Split, Trash2 } from "lucide-react";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import { type List, useList } from "@/api/query";
import type { Cluster, Idea, Keyword } from "@/api/types";
import { count, number, words } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorState, Skeleton } from "@/ui/states";
import { useCluster } from "./data";
import { difficulty, NumberText, volume } from "./keywordCells";

/** Rows of each part; the pages of keywords and ideas show all. */
const SHOWN = 20;

function useParts(id: string) {
  const query = { site_id: "", cluster_id: id, limit: SHOWN };
  const site = useCluster(id).data?.site_id;
  const enabled = site !== undefined;
  const of = { ...query, site_id: site ?? "" };
  const keywords = useList<Keyword>(
    "keywords",
    { ...of, sort: "-volume" },
    async () =>
      (await call(api.GET("/api/planner/keywords", { params: { query: { ...of, sort: "-volume" } } }))) as {
        items: Keyword[];
      },
    { enabled },
  );
  const ideas = useList<Idea>(
    "ideas",
    of,
    async () => (await call(api.GET("/api/planner/ideas", { params: { query: of } }))) as { items: Idea[] },
    { enabled },
  );
  return { keywords, ideas };
}

/** One cluster: what it is about, its keywords and its ideas. */
export function ClusterDetail({
  id,
  mayEdit,
  onClose,
  edit,
  generate,
  split,
  remove,
}: {
  id: string;
  mayEdit: boolean;
  onClose: () => void;
  edit: (cluster: Cluster) => void;
  generate: (cluster: Cluster) => void;
  split: (cluster: Cluster) => void;
  remove: (cluster: Cluster) => void;
}) {
  const query = useCluster(id);
  const cluster = query.data;
  const { keywords, ideas } = useParts(id);
  const isEmpty =
    cluster?.keyword_count === 0 && cluster.spoke_count === 0 && !ideas.loading && ideas.rows.length === 0;
  return (
    <Dialog
      title={cluster?.name ?? "Cluster"}
      isOpen
      onClose={onClose}
      width="lg"
      footer={
        cluster &&
        mayEdit && (
          <>
            <Button icon={Trash2} look="danger" isDisabled={!isEmpty} onPress={() => remove(cluster)}>
              Delete
            </Button>
            <Button
              icon={Split}
              isDisabled={cluster.keyword_count < 2 || Boolean(cluster.merging_into)}
              onPress={() => split(cluster)}
            >
              Split
            </Button>
            <Button icon={Pencil} onPress={() => edit(cluster)}>
              Edit
            </Button>
            <Button icon={Lightbulb} look="primary" onPress={() => generate(cluster)}>
              Generate ideas
            </Button>
          </>
        )
      }
    >
      {query.error ? (
        <ErrorState error={query.error} again={() => void query.refetch()} />
      ) : !cluster ? (
        <Skeleton className="h-64" />
      ) : (
        <div className="flex flex-col gap-5">
          {cluster.description && <p className="text-ink-soft">{cluster.description}</p>}
          <dl className="grid grid-cols-3 gap-2">
            <Figure label="Searches a month" value={number(cluster.volume)} />
            <Figure label="Keywords" value={number(cluster.keyword_count)} />
            <Figure label="Page type" value={words(cluster.page_type)} />
          </dl>
          <Place cluster={cluster} />
          <Part
            title="Keywords"
            list={keywords}
            to={`/planner/keywords?cluster_id=${id}`}
            none="No keywords yet. New keywords join a cluster when they are clustered."
          >
            {(row) => (
              <>
                <span className="min-w-0 flex-1 truncate">{row.keyword}</span>
                <span className="tabular-nums text-ink-soft">
                  <NumberText value={row.volume} show={volume} />
                </span>
                {row.difficulty != null && <NumberText value={row.difficulty} show={difficulty} />}
              </>
            )}
          </Part>
          <Part
            title="Ideas"
            list={ideas}
            to={`/planner/ideas?cluster_id=${id}`}
            none="No ideas yet. Generate some from this cluster's keywords."
          >
            {(row) => (
              <>
                <Link
                  to={`/planner/ideas?cluster_id=${id}&open=${row.id}`}
                  className="min-w-0 flex-1 truncate hover:underline"
                >
                  {row.title}
                </Link>
                <StatusBadge status={row.status} />
              </>
            )}
          </Part>
          {mayEdit && !isEmpty && (
            <p className="text-xs text-ink-soft">
              A cluster can be deleted once it has no keywords, no ideas and no spokes.
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

/** Where it stands among the others. */
function Place({ cluster }: { cluster: Cluster }) {
  const hub = useCluster(cluster.hub_id ?? undefined).data;
  const into = useCluster(cluster.merging_into ?? undefined).data;
  if (cluster.merging_into) {
    return (
      <p className="text-warn">
        It is being merged into {into ? `“${into.name}”` : "another cluster"}. If the job was cancelled, merge it again.
      </p>
    );
  }
  if (cluster.spoke_count > 0) return <p>It is a hub with {count(cluster.spoke_count, "spoke")}.</p>;
  if (!cluster.hub_id) return null;
  return (
    <p>
      It supports the hub{" "}
      <Link to={`/planner/clusters?open=${cluster.hub_id}`} className="text-brand underline-offset-2 hover:underline">
        {hub?.name ?? "Open it"}
      </Link>
      .
    </p>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="rounded-lg bg-sunk px-3 py-2">
      <dt className="text-xs text-ink-soft">{label}</dt>
      <dd className="font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

function Part<Row extends { id: string }>({
  title,
  list,
  to,
  none,
  children,
}: {
  title: string;
  list: List<Row>;
  to: string;
  none: string;
  children: (row: Row) => React.ReactNode;
}) {
  return (
    <section>
      <header className="mb-1 flex items-center justify-between">
        <h2>{title}</h2>
        {list.rows.length > 0 && (
          <LinkButton look="quiet" size="sm" to={to}>
            See all
          </LinkButton>
        )}
      </header>
      {list.error ? (
        <ErrorState error={list.error} again={list.again} />
      ) : list.loading ? (
        <Skeleton className="h-24" />
      ) : list.rows.length === 0 ? (
        <p className="text-ink-soft">{none}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {list.rows.map((row) => (
            <li key={row.id} className="flex items-center gap-3 px-3 py-2">
              {children(row)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
