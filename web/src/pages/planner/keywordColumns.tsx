import { Link } from "react-router";
import type { Cluster, Keyword } from "@/api/types";
import { ago } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import type { Column } from "@/ui/DataTable";
import { difficulty, IntentCell, NumberCell, Unknown, volume } from "./keywordCells";

const price = (cents: number | null | undefined) => (cents == null ? <Unknown /> : (cents / 100).toFixed(2));

/** The columns of the keyword table; a head can be pressed only where the API has that order. */
export function columnsOf({
  mayEdit,
  clusters,
  byName,
  byOther,
}: {
  mayEdit: boolean;
  clusters: Cluster[] | undefined;
  byName: boolean;
  byOther: boolean;
}): Column<Keyword>[] {
  const names = new Map(clusters?.map((one) => [one.id, one.name]));
  return [
    {
      id: "keyword",
      header: "Keyword",
      sort: byName,
      width: { base: 10, lg: 9 },
      grows: true,
      className: "font-medium",
      cell: (row) => <span title={row.keyword}>{row.keyword}</span>,
    },
    {
      id: "volume",
      header: "Volume",
      sort: byOther,
      right: true,
      width: 6,
      cell: (row) => <NumberCell row={row} field="volume" label="Volume" most={1e12} show={volume} mayEdit={mayEdit} />,
    },
    {
      id: "difficulty",
      header: "Difficulty",
      right: true,
      width: { base: 6, xl: 7 },
      cell: (row) => (
        <NumberCell row={row} field="difficulty" label="Difficulty" most={100} show={difficulty} mayEdit={mayEdit} />
      ),
    },
    {
      id: "cpc",
      header: "CPC",
      right: true,
      width: { "2xl": 5 },
      cell: (row) => price(row.cpc_cents),
    },
    {
      id: "intent",
      header: "Intent",
      width: { sm: 8.25 },
      cell: (row) => <IntentCell row={row} mayEdit={mayEdit} />,
    },
    {
      id: "cluster",
      header: "Cluster",
      width: { md: 8, xl: 9, "2xl": 12 },
      cell: (row) =>
        row.cluster_id ? (
          <Link
            to={`/planner/clusters?open=${row.cluster_id}`}
            className="text-brand underline-offset-2 hover:underline"
          >
            {names.get(row.cluster_id) ?? "Open cluster"}
          </Link>
        ) : (
          <span className="text-ink-soft">None yet</span>
        ),
    },
    { id: "status", header: "Status", width: 6.5, cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: "created_at",
      header: "Added",
      sort: byOther,
      width: { lg: 8.5 },
      className: "text-ink-soft",
      cell: (row) => ago(row.created_at),
    },
  ];
}
