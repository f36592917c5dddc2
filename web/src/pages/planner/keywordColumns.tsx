import { Link } from "react-router";
import type { Cluster, Keyword } from "@/api/types";
import { ago } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import type { Column } from "@/ui/DataTable";
import { Difficulty, IntentCell, NumberCell, Unknown, volumeText } from "./keywordCells";

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
      // Takes the room that is left; one line, as rows of one height scroll without jumps.
      className: "w-full max-w-0 min-w-40 truncate",
      cell: (row) => (
        <span className="font-medium" title={row.keyword}>
          {row.keyword}
        </span>
      ),
    },
    {
      id: "volume",
      header: "Volume",
      sort: byOther,
      right: true,
      className: "min-w-24",
      cell: (row) => (
        <NumberCell row={row} field="volume" label="Volume" most={1e12} show={volumeText} mayEdit={mayEdit} />
      ),
    },
    {
      id: "difficulty",
      header: "Difficulty",
      right: true,
      className: "min-w-28",
      cell: (row) => (
        <NumberCell
          row={row}
          field="difficulty"
          label="Difficulty"
          most={100}
          show={(value) => <Difficulty value={value} />}
          mayEdit={mayEdit}
        />
      ),
    },
    {
      id: "cpc",
      header: "CPC",
      right: true,
      className: "min-w-16 max-2xl:hidden",
      cell: (row) => price(row.cpc_cents),
    },
    {
      id: "intent",
      header: "Intent",
      className: "min-w-33 max-sm:hidden",
      cell: (row) => <IntentCell row={row} mayEdit={mayEdit} />,
    },
    {
      id: "cluster",
      header: "Cluster",
      className: "min-w-36 max-w-36 max-md:hidden",
      cell: (row) =>
        row.cluster_id ? (
          <Link
            to={`/planner/clusters?open=${row.cluster_id}`}
            className="block truncate text-brand underline-offset-2 hover:underline"
          >
            {names.get(row.cluster_id) ?? "Open cluster"}
          </Link>
        ) : (
          <span className="text-ink-soft">None yet</span>
        ),
    },
    { id: "status", header: "Status", className: "min-w-26", cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: "created_at",
      header: "Added",
      sort: byOther,
      className: "min-w-34 whitespace-nowrap text-ink-soft max-lg:hidden",
      cell: (row) => ago(row.created_at),
    },
  ];
}
