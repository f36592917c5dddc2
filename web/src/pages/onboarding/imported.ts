/** Adding keywords in the setup: pasted lines, a pasted table or a file, with one kind of answer. */
import { api, call, upload } from "@/api/client";
import type { ImportSummary } from "@/api/types";
import { isTable, linesOf } from "./pasted";

export type Imported = {
  created: number;
  updated: number;
  duplicates: number;
  rejected: { line: number; message: string }[];
  rejectedCount: number;
  notes: string[];
  /** What was not taken and can be mended: the text that stays in the field, its lines in the order of `rejected`. */
  left: string;
};

export async function importFile(site: string, file: Blob, type = "application/octet-stream"): Promise<Imported> {
  const path = `/api/planner/keywords/import?site_id=${encodeURIComponent(site)}`;
  const { rejected_count, empty_lines: _, source: __, ...answer } = await upload<ImportSummary>(path, file, type);
  return { ...answer, rejectedCount: rejected_count, left: "" };
}

export async function importText(site_id: string, text: string): Promise<Imported> {
  if (isTable(text)) return await importFile(site_id, new Blob([text]), "text/csv");
  const lines = linesOf(text);
  const body = { site_id, keywords: lines.map((line) => ({ keyword: line.text })) };
  const { created, duplicates, rejected } = await call(api.POST("/api/planner/keywords", { body }));
  return {
    created,
    updated: 0,
    duplicates,
    // They stay in the field alone, so their numbers are those that they have there then.
    rejected: rejected.map((one, index) => ({ line: index + 1, message: one.message })),
    rejectedCount: rejected.length,
    notes: [],
    left: rejected.map((one) => lines[one.index]?.text ?? "").join("\n"),
  };
}
