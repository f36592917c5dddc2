/** The pages that are public, each with its address. */
import { ExternalLink } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { type List, useMay } from "@/api/query";
import type { PublishingRecord } from "@/api/types";
import { ago } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { type Column, DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/states";

const COLUMNS: Column<PublishingRecord>[] = [
  {
    id: "title",
    header: "Page",
    width: 10,
    grows: true,
    cell: (row) => (
      <Link to={`/writer/content/${row.content_id}`} className="row-name">
        {row.title}
      </Link>
    ),
  },
  {
    id: "url",
    header: "Address",
    width: { base: 6, sm: 14, xl: 22 },
    cell: (row) => (
      <a
        href={row.url}
        target="_blank"
        rel="noreferrer"
        title={row.url}
        className="flex max-w-full items-center gap-1 text-brand hover:underline"
      >
        <span className="truncate max-sm:hidden">{row.url.replace(/^https?:\/\//, "")}</span>
        <span className="sm:hidden">Open</span>
        <ExternalLink className="size-3.5 shrink-0" aria-label="Opens in a new tab" />
      </a>
    ),
  },
  { id: "status", header: "Status", width: { md: 7.5 }, cell: (row) => <StatusBadge status={row.status} /> },
  { id: "revision", header: "Revision", right: true, width: { md: 6 }, cell: (row) => row.revision },
  {
    id: "updated_at",
    header: "Published",
    width: { lg: 9 },
    className: "text-ink-soft",
    cell: (row) => ago(row.updated_at),
  },
];

export function Records({ list }: { list: List<PublishingRecord> }) {
  const may = useMay("editor");
  const navigate = useNavigate();
  return (
    <section aria-labelledby="records-heading" className="flex flex-col gap-2">
      <h2 id="records-heading">Published pages</h2>
      <DataTable
        label="List of published pages"
        list={list}
        columns={COLUMNS}
        rowLabel={(row) => row.title}
        onOpen={(row) => void navigate(`/writer/content/${row.content_id}`)}
        height="24rem"
        empty={
          <EmptyState
            title="Nothing is published yet"
            action={
              may && (
                <LinkButton look="primary" to="/writer/content">
                  Go to content
                </LinkButton>
              )
            }
          >
            Publish a page from its editor or from Content. Publishing is free.
          </EmptyState>
        }
      />
    </section>
  );
}
