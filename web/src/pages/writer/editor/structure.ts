/** What the kinds of content have beside their body, in words: for the form, the comparison and its errors. */
import type { StructureData } from "@/api/types";
import { words } from "@/lib/format";

export type Of<Kind extends StructureData["kind"]> = Extract<StructureData, { kind: Kind }>;

const FIELD = "structure_data.";

/** `structure_data.price.currency` → what is wrong with `price.currency`. */
export const errorOf = (errors: Record<string, string>, path: string): string | undefined => errors[FIELD + path];

/** What is wrong with a list as a whole, or else with the first entry that is wrong. */
export function errorIn(errors: Record<string, string>, path: string): string | undefined {
  const whole = errorOf(errors, path);
  if (whole) return whole;
  const found = Object.entries(errors).find(([field]) => field.startsWith(`${FIELD}${path}[`));
  if (!found) return undefined;
  const at = Number(/\[(\d+)\]/.exec(found[0])?.[1] ?? 0);
  return `Entry ${at + 1}: ${found[1]}`;
}

/** A text of lines as a list, letter by letter: what is empty, the server leaves out. */
export const toLines = (text: string): string[] => (text === "" ? [] : text.split("\n"));

/** A text that is left out when it is empty. */
export const orNothing = (text: string): string | undefined => (text === "" ? undefined : text);

function leaves(value: unknown, path: string[]): string[] {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value)) return value.flatMap((one, at) => leaves(one, [...path, String(at + 1)]));
  if (typeof value === "object") return Object.entries(value).flatMap(([name, one]) => leaves(one, [...path, name]));
  return [`${words(path.join("_"))}: ${value}`];
}

/** The data as lines, `Price amount: 1999`, to compare two states by. */
export function linesOfData(data: StructureData | null | undefined): string {
  if (!data) return "";
  const { kind: _, schema_version: __, ...rest } = data;
  return leaves(rest, []).join("\n");
}
