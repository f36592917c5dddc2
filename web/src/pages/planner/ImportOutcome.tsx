import type { ImportSummary } from "@/api/types";
import { count, number } from "@/lib/format";
import { RejectedTable } from "./RejectedLines";

const SOURCES: Record<string, string> = {
  ahrefs_keywords_explorer: "Ahrefs Keywords Explorer",
  ahrefs_site_explorer: "Ahrefs Site Explorer",
  semrush_keyword_magic: "Semrush Keyword Magic",
  google_keyword_planner: "Google Keyword Planner",
  search_console: "Google Search Console",
};

/** What came of an import. */
export function ImportOutcome({ summary }: { summary: ImportSummary }) {
  const figures = [
    { label: "New", value: summary.created },
    { label: "Updated", value: summary.updated },
    { label: "Duplicates", value: summary.duplicates },
    { label: "Skipped", value: summary.rejected_count },
  ];
  return (
    <div role="status" className="flex flex-col gap-4">
      <p>
        {SOURCES[summary.source] ? `Recognised as an export of ${SOURCES[summary.source]}. ` : ""}
        {summary.created + summary.updated > 0
          ? `${count(summary.created + summary.updated, "keyword")} brought in.`
          : summary.duplicates > 0
            ? "Nothing changed: these keywords are here already, with the same numbers."
            : "No keywords were imported."}
      </p>
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        {figures.map(({ label, value }) => (
          <div key={label} className="rounded-lg bg-sunk px-3 py-2">
            <dt className="text-xs text-ink-soft">{label}</dt>
            <dd className="text-lg font-semibold tabular-nums">{number(value)}</dd>
          </div>
        ))}
      </dl>
      {(summary.notes.length > 0 || summary.empty_lines > 0) && (
        <ul className="list-disc pl-5 text-ink-soft">
          {summary.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
          {summary.empty_lines > 0 && <li>{count(summary.empty_lines, "empty line")} skipped.</li>}
        </ul>
      )}
      {summary.rejected.length > 0 && <RejectedTable rejected={summary.rejected} all={summary.rejected_count} />}
    </div>
  );
}
