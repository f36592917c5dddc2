import { Check } from "lucide-react";
import { count, number, words } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import type { Preview } from "./importPreview";

const NAMES: Record<string, string> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16",
  "windows-1252": "Windows-1252",
};
/** Columns that are shown; exports of Keyword Planner have more than thirty. */
const SHOWN = 8;

function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

/** The columns that are recognised and the first rows, before anything is sent. */
export function FilePreview({ file, preview }: { file: File; preview: Preview }) {
  if (preview.problem) {
    return (
      <p role="alert" className="text-bad">
        {preview.problem}
      </p>
    );
  }
  const facts = [
    size(file.size),
    `about ${count(preview.lines, "line")}`,
    NAMES[preview.encoding] ?? preview.encoding,
    preview.before > 0 && `${count(preview.before, "line")} before the header`,
  ].filter(Boolean);
  // The recognised ones first; the order of the file is of no use to the reader here.
  const order = preview.columns
    .map((column, index) => ({ ...column, index }))
    .sort((a, b) => Number(Boolean(b.field)) - Number(Boolean(a.field)) || a.index - b.index);
  const shown = order.slice(0, Math.max(SHOWN, order.filter((column) => column.field).length));
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px] text-ink-soft">{facts.join(" · ")}</p>
      {preview.columns.length === 0 ? (
        <p className="rounded-lg bg-warn-soft px-4 py-3 text-warn">
          No keyword column is recognised in the first lines. You can import it all the same: the server knows more
          headers, and says what is missing.
        </p>
      ) : (
        <section
          aria-label="The first rows of the file"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
          tabIndex={0}
          className="overflow-x-auto rounded-lg border border-line"
        >
          <table className="w-full text-[13px]">
            <thead>
              <tr className="text-left align-bottom">
                {shown.map(({ header, field, index }) => (
                  <th key={index} scope="col" className="px-3 py-2 font-medium whitespace-nowrap">
                    <span className="mb-1 block">
                      {field ? (
                        <Badge tone="good">
                          <Check className="mr-1 inline size-3" aria-hidden />
                          {field === "cpc" ? "CPC" : words(field)}
                        </Badge>
                      ) : (
                        <Badge>Not read</Badge>
                      )}
                    </span>
                    <span className="block max-w-48 truncate text-ink-soft" title={header}>
                      {header || "(no name)"}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {preview.rows.map((row, at) => (
                <tr key={at} className="border-t border-line">
                  {shown.map(({ index, field }) => (
                    <td key={index} className={`max-w-64 truncate px-3 py-1.5 ${field ? "" : "text-ink-soft"}`}>
                      {row[index]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {order.length > shown.length && (
        <p className="text-xs text-ink-soft">{number(order.length - shown.length)} more columns are not read.</p>
      )}
      <p className="text-xs text-ink-soft">
        This is a first look. On import every line is checked, and you see which ones were skipped and why.
      </p>
    </div>
  );
}
