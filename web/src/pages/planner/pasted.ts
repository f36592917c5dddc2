/** Keywords that a person pastes: one to a line, or a piece of an exported table. */
import { api, call, upload } from "@/api/client";
import type { ImportSummary } from "@/api/types";
import { linesOf } from "./lines";

/** The most lines in one request. */
export const MOST_LINES = 2000;

/** What may stand over a column of keywords in the exports that the server knows. */
const HEADS = new Set([
  "keyword",
  "keywords",
  "query",
  "queries",
  "top queries",
  "search term",
  "search terms",
  "term",
]);

/** A table begins with a line of names; its other columns would be lost if its lines were taken as keywords. */
export function isTable(text: string): boolean {
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? "";
  const cells = first.split(/[\t,;]/).map((cell) => cell.trim().replace(/^"|"$/g, "").toLowerCase());
  return cells.length > 1 && cells.some((cell) => HEADS.has(cell));
}

/** Where keywords belong. */
export type Place = { site_id: string; sector_id?: string };

/** `left` is what was not taken and can be mended: the text that stays in the field. */
type Pasted = { summary: ImportSummary; left: string };

/** Sends a small file, or a pasted table, and gives what came of it. */
export function importInline(place: Place, file: Blob, type: string): Promise<ImportSummary> {
  return upload<ImportSummary>(`/api/planner/keywords/import?${new URLSearchParams(place)}`, file, type);
}

export async function importText(place: Place, text: string): Promise<Pasted> {
  if (isTable(text)) return { summary: await importInline(place, new Blob([text]), "text/csv"), left: "" };
  const lines = linesOf(text);
  const body = { ...place, keywords: lines.map((keyword) => ({ keyword })) };
  const { created, duplicates, rejected } = await call(api.POST("/api/planner/keywords", { body }));
  const summary: ImportSummary = {
    source: "other",
    created,
    updated: 0,
    duplicates,
    // They stay in the field alone, so their numbers are those that they have there then.
    rejected: rejected.map(({ index, message }, at) => ({
      line: at + 1,
      message: `${lines[index] ?? ""}: ${message}`,
    })),
    rejected_count: rejected.length,
    empty_lines: 0,
    notes: [],
  };
  return { summary, left: rejected.map(({ index }) => lines[index] ?? "").join("\n") };
}
