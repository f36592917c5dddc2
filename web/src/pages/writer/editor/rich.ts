/**
 * Rich text of a block (a fragment of HTML of `strong`, `em`, `code`, `br` and `a`) as inline nodes of the editor, and
 * back. It is written exactly as the server writes it (libs/blocks/src/inline.rs), so that what nobody touched is saved
 * letter by letter as it was.
 */
import type { JSONContent } from "@tiptap/react";

type Link = { href: string; rel: string | null };
type Marks = { link?: Link; strong?: boolean; em?: boolean; code?: boolean };
type Run = { text: string; marks: Marks } | "break";

/** Their order from the outside in, and what they are called in the editor. */
const NAMED = [
  ["strong", "bold"],
  ["em", "italic"],
  ["code", "code"],
] as const;

const TAGS: Record<string, "strong" | "em" | "code"> = {
  strong: "strong",
  b: "strong",
  em: "em",
  i: "em",
  code: "code",
};

function read(node: globalThis.Node, marks: Marks, runs: Run[]): void {
  for (const child of node.childNodes) {
    if (child.nodeType === globalThis.Node.TEXT_NODE) {
      const text = child.nodeValue ?? "";
      if (text) runs.push({ text, marks });
    } else if (child instanceof Element) {
      const name = child.localName;
      const tag = TAGS[name];
      if (name === "br") runs.push("break");
      else if (tag) read(child, { ...marks, [tag]: true }, runs);
      else if (name === "a" && child.getAttribute("href")) {
        read(
          child,
          { ...marks, link: { href: child.getAttribute("href") ?? "", rel: child.getAttribute("rel") } },
          runs,
        );
      } else read(child, marks, runs);
    }
  }
}

/** Parsed without being part of the page: nothing in it is loaded or run. */
function parse(html: string): HTMLElement {
  return new DOMParser().parseFromString(`<!doctype html><body>${html}`, "text/html").body;
}

function marksOf({ link, ...named }: Marks): JSONContent["marks"] {
  const marks: NonNullable<JSONContent["marks"]> = link ? [{ type: "link", attrs: link }] : [];
  for (const [tag, type] of NAMED) if (named[tag]) marks.push({ type });
  return marks;
}

/** Rich text → inline nodes. */
export function inlineOf(html: string | null | undefined): JSONContent[] {
  if (!html) return [];
  if (!/[<&]/.test(html)) return [{ type: "text", text: html }];
  const runs: Run[] = [];
  read(parse(html), {}, runs);
  return runs.map((run) => {
    if (run === "break") return { type: "hardBreak" };
    const marks = marksOf(run.marks);
    return marks?.length ? { type: "text", text: run.text, marks } : { type: "text", text: run.text };
  });
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeHtml(value).replaceAll('"', "&quot;")}"`;
}

/** A tag by how it opens: two links are the same tag when they lead to the same place. */
function tagsOf(node: JSONContent): string[] {
  const marks = node.marks ?? [];
  const link = marks.find((mark) => mark.type === "link")?.attrs;
  const tags = NAMED.filter(([, type]) => marks.some((mark) => mark.type === type)).map(([tag]) => `<${tag}>`);
  if (!link) return tags;
  const rel = typeof link.rel === "string" && link.rel ? attribute("rel", link.rel) : "";
  return [`<a${attribute("href", String(link.href))}${rel}>`, ...tags];
}

function closing(tag: string): string {
  return `</${tag.slice(1).split(/[ >]/)[0]}>`;
}

/** Inline nodes → rich text, in its one written form. */
export function richOf(content: JSONContent[] | undefined): string {
  const nodes = content ?? [];
  let out = "";
  let open: string[] = [];
  const keepCommon = (wanted: string[]) => {
    let common = 0;
    while (common < open.length && open[common] === wanted[common]) common += 1;
    for (const tag of open.slice(common).reverse()) out += closing(tag);
    open = open.slice(0, common);
  };
  nodes.forEach((node, at) => {
    if (node.type === "hardBreak") {
      const next = nodes.slice(at).find((one) => one.type === "text");
      keepCommon(next ? tagsOf(next) : []);
      out += "<br>";
      return;
    }
    const wanted = tagsOf(node);
    keepCommon(wanted);
    for (const tag of wanted.slice(open.length)) out += tag;
    open = wanted;
    out += escapeHtml(node.text ?? "");
  });
  keepCommon([]);
  return out;
}

/** The words alone; a line break is a line end. */
export function plainOf(html: string | null | undefined): string {
  return inlineOf(html)
    .map((node) => (node.type === "hardBreak" ? "\n" : (node.text ?? "")))
    .join("");
}
