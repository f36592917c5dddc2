/** What a person pastes as keywords: a line each, or a piece of an exported table. */
export type Line = { line: number; text: string };

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

/** The lines with something on them, each with its number from 1. */
export function linesOf(text: string): Line[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter((line) => line.text !== "");
}
