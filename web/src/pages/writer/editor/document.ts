/**
 * The typed blocks of a body ↔ the document of the editor: one node at the top for each block, in the same order. A
 * block that would not come back exactly as it was (of a kind or shape that the editor does not know) is kept whole in a
 * node of its own, which can be moved and deleted and is never changed.
 */
import type { JSONContent } from "@tiptap/react";
import type { Block } from "@/api/types";
import { inlineOf, plainOf, richOf } from "./rich";

export const UNKNOWN = "unknownBlock";

function node(type: string, content: JSONContent[], attrs?: Record<string, unknown>): JSONContent {
  return { type, ...(attrs && { attrs }), ...(content.length > 0 && { content }) };
}

const rich = (type: string, html: string | null | undefined) => node(type, inlineOf(html));
const raw = (text: string): JSONContent[] => (text ? [{ type: "text", text }] : []);

function known(block: Block): JSONContent {
  switch (block.type) {
    case "heading":
      return node("heading", inlineOf(block.text), { level: block.level });
    case "paragraph":
      return rich("paragraph", block.text);
    case "list":
      return node(
        "list",
        block.items.map((item) => rich("listItem", item)),
        { ordered: block.ordered },
      );
    case "image":
      return node("image", inlineOf(block.caption), { src: block.src, alt: block.alt ?? "" });
    case "quote":
      return node("quote", [rich("quoteText", block.text), rich("quoteCite", block.cite)]);
    case "table": {
      const row = (type: string, cells: string[]) =>
        node(
          "tableRow",
          cells.map((cell) => rich(type, cell)),
        );
      const header = block.header ?? [];
      const rows = block.rows.map((cells) => row("tableCell", cells));
      const table = node("table", header.length > 0 ? [row("tableHeader", header), ...rows] : rows);
      return node("tableBlock", [table, rich("tableCaption", block.caption)]);
    }
    case "code":
      return node("codeBlock", raw(block.text), { language: block.language ?? "" });
    case "faq":
      return node(
        "faq",
        block.items.map((item) =>
          node("faqItem", [rich("faqQuestion", item.question), rich("faqAnswer", item.answer)]),
        ),
      );
    case "callout":
      return node("callout", inlineOf(block.text), { tone: block.tone });
    case "html":
      return node("htmlBlock", raw(block.html));
  }
}

const parts = (of: JSONContent | undefined): JSONContent[] => of?.content ?? [];
const textOf = (of: JSONContent) =>
  parts(of)
    .map((one) => one.text ?? "")
    .join("");

/** An optional field: left out when there is nothing in it. */
function optional<Name extends string>(name: Name, value: string): Partial<Record<Name, string>> {
  return value ? ({ [name]: value } as Record<Name, string>) : {};
}

const richIn = (of: JSONContent | undefined) => richOf(of?.content);

function tableOf(block: JSONContent): Block {
  const [table, caption] = parts(block);
  const rows = parts(table);
  const isHead = rows[0] !== undefined && parts(rows[0]).every((cell) => cell.type === "tableHeader");
  const cells = (row: JSONContent) => parts(row).map(richIn);
  const head = isHead ? rows[0] : undefined;
  return {
    type: "table",
    header: head ? cells(head) : [],
    rows: rows.slice(head ? 1 : 0).map(cells),
    ...optional("caption", richIn(caption)),
  };
}

/** One node at the top → its block, whether or not anything is in it. */
export function blockOf(of: JSONContent): Block {
  const attrs = of.attrs ?? {};
  switch (of.type) {
    case "heading":
      return { type: "heading", level: Number(attrs.level), text: richIn(of) };
    case "list":
      return { type: "list", ordered: Boolean(attrs.ordered), items: parts(of).map(richIn) };
    case "image":
      return {
        type: "image",
        src: String(attrs.src ?? ""),
        alt: String(attrs.alt ?? ""),
        ...optional("caption", richIn(of)),
      };
    case "quote": {
      const [text, cite] = parts(of);
      return { type: "quote", text: richIn(text), ...optional("cite", richIn(cite)) };
    }
    case "tableBlock":
      return tableOf(of);
    case "codeBlock":
      return { type: "code", ...optional("language", String(attrs.language ?? "")), text: textOf(of) };
    case "faq":
      return {
        type: "faq",
        items: parts(of).map((item) => ({ question: richIn(parts(item)[0]), answer: richIn(parts(item)[1]) })),
      };
    case "callout":
      return { type: "callout", tone: attrs.tone, text: richIn(of) };
    case "htmlBlock":
      return { type: "html", html: textOf(of) };
    case UNKNOWN:
      return attrs.block as Block;
    default:
      return { type: "paragraph", text: richIn(of) };
  }
}

/** Equal but for fields that are null in one and left out in the other; the order of fields means nothing. */
export function sameBlock(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}

export function stable(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (one === null) return undefined;
    if (typeof one !== "object" || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}

function nodeOf(block: Block): JSONContent {
  try {
    const made = known(block);
    // A picture without `alt` is one with an empty alt: the server reads both the same.
    const before = block.type === "image" ? { ...block, alt: block.alt ?? "" } : block;
    const full = block.type === "table" ? { ...block, header: block.header ?? [] } : before;
    if (isSquare(block) && made.type && sameBlock(blockOf(made), full)) return made;
  } catch {
    // Of a shape that is not known: kept as it is, below.
  }
  return { type: UNKNOWN, attrs: { block } };
}

/** A table whose rows are of one width, and whatever holds at least one part where one is needed. */
function isSquare(block: Block): boolean {
  if (block.type === "list" || block.type === "faq") return block.items.length > 0;
  if (block.type === "heading") return [2, 3, 4].includes(block.level);
  if (block.type === "callout") return ["note", "tip", "warning"].includes(block.tone);
  if (block.type !== "table") return true;
  const width = block.header?.length || block.rows[0]?.length || 0;
  return width > 0 && block.rows.length > 0 && block.rows.every((row) => row.length === width);
}

/** Blocks → the document of the editor. */
export function documentOf(blocks: Block[]): JSONContent {
  return { type: "doc", content: blocks.length > 0 ? blocks.map(nodeOf) : [{ type: "paragraph" }] };
}

const blank = (html: string) => plainOf(html).trim() === "";

/** The block without its empty parts, as an empty item of a list; nothing when nothing is left. */
function tidy(block: Block): Block | undefined {
  switch (block.type) {
    case "heading":
    case "paragraph":
    case "callout":
    case "quote":
      return blank(block.text) ? undefined : block;
    case "list": {
      const items = block.items.filter((item) => !blank(item));
      return items.length > 0 ? { ...block, items } : undefined;
    }
    case "faq": {
      const items = block.items.filter((item) => !(blank(item.question) && blank(item.answer)));
      return items.length > 0 ? { ...block, items } : undefined;
    }
    case "table":
      return [...(block.header ?? []), ...block.rows.flat()].every(blank) ? undefined : block;
    case "code":
      return block.text.trim() ? block : undefined;
    case "html":
      return block.html.trim() ? block : undefined;
    case "image":
      return block.src || block.alt || block.caption ? block : undefined;
    default:
      return block;
  }
}

/** The document of the editor → what is saved, each with the number of its node at the top. Empty blocks are left out. */
export function blocksOf(document: JSONContent): { blocks: Block[]; at: number[] } {
  const blocks: Block[] = [];
  const at: number[] = [];
  parts(document).forEach((one, index) => {
    const block = blockOf(one);
    const kept = one.type === UNKNOWN ? block : tidy(block);
    if (kept) {
      blocks.push(kept);
      at.push(index);
    }
  });
  return { blocks, at };
}

/** All words of a block, as plain text. */
export function plainBlock(block: Block): string {
  switch (block.type) {
    case "heading":
    case "paragraph":
    case "callout":
      return plainOf(block.text);
    case "list":
      return block.items.map(plainOf).join("\n");
    case "image":
      return [block.alt, plainOf(block.caption)].filter(Boolean).join("\n");
    case "quote":
      return [plainOf(block.text), plainOf(block.cite)].filter(Boolean).join("\n");
    case "table":
      return [block.header ?? [], ...block.rows]
        .map((row) => row.map(plainOf).join(" | "))
        .concat(plainOf(block.caption))
        .filter(Boolean)
        .join("\n");
    case "code":
      return block.text;
    case "faq":
      return block.items.map((item) => `${plainOf(item.question)}\n${plainOf(item.answer)}`).join("\n");
    case "html":
      return plainOf(block.html);
    default:
      return stable(block);
  }
}

/** Counted as the server counts: each sign of a script without spaces is a word. */
export function countWords(text: string): number {
  const signs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
  const alone = text.match(signs)?.length ?? 0;
  const rest = text.replace(signs, " ").split(/\s+/);
  return alone + rest.filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
