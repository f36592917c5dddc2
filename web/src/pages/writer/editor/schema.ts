/** The kinds of block as nodes of the editor, and the marks within a text. Names as in `document.ts`. */
import { Extension, Mark, mergeAttributes, Node } from "@tiptap/react";
import { UNKNOWN } from "./document";
import { linkOf } from "./links";

/** An attribute that is kept in the document and written to the page as `data-…`, for copying. */
const data = (name: string, fallback: string) => ({
  default: fallback,
  parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`) ?? fallback,
  renderHTML: (attrs: Record<string, unknown>) => ({ [`data-${name}`]: attrs[name] }),
});

const Heading = Node.create({
  name: "heading",
  group: "block",
  content: "inline*",
  defining: true,
  addAttributes: () => ({ level: { default: 2, rendered: false } }),
  // Level 1 is the title of the page, and there is nothing below 4.
  parseHTML: () =>
    [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: Math.min(4, Math.max(2, level)) } })),
  renderHTML: ({ node }) => [`h${node.attrs.level}`, 0],
});

const List = Node.create({
  name: "list",
  group: "block",
  content: "listItem+",
  addAttributes: () => ({ ordered: { default: false, rendered: false } }),
  parseHTML: () => [
    { tag: "ul", attrs: { ordered: false } },
    { tag: "ol", attrs: { ordered: true } },
  ],
  renderHTML: ({ node }) => [node.attrs.ordered ? "ol" : "ul", 0],
});

const ListItem = Node.create({
  name: "listItem",
  content: "inline*",
  // Others put paragraphs into items and cells; here their words stand there by themselves.
  parseHTML: () => [
    { tag: "li" },
    { tag: "p", context: "listItem/|tableCell/|tableHeader/|callout/", skip: true, priority: 60 },
  ],
  renderHTML: () => ["li", 0],
});

const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "inline*",
  defining: true,
  addAttributes: () => ({ tone: data("tone", "note") }),
  parseHTML: () => [{ tag: "aside" }],
  renderHTML: ({ HTMLAttributes }) => ["aside", HTMLAttributes, 0],
});

/** On the figure itself, for copying, as the picture in it may not be shown; else what others wrote at the picture. */
const ofPicture = (name: string) => ({
  ...data(name, ""),
  parseHTML: (element: HTMLElement) => {
    const picture = element.localName === "img" ? element : element.querySelector("img");
    return element.getAttribute(`data-${name}`) ?? picture?.getAttribute(name) ?? "";
  },
});

/** Where our own pictures can be looked at, by their `asset:` names. It is filled before the editor is made. */
export const ASSETS = new Map<string, string>();

/** Below a picture: its address, or of one of our own, whose name tells a person nothing, the words for it. */
function pictureNote(src: string, alt: string): string {
  if (!src.startsWith("asset:")) return src || "No address yet";
  if (!ASSETS.has(src)) return "This picture is not ready, or it was deleted.";
  return alt.trim() ? `Alt text: ${alt}` : "No alt text yet";
}

const Image = Node.create({
  name: "image",
  group: "block",
  content: "inline*",
  isolating: true,
  draggable: true,
  addAttributes: () => ({ src: ofPicture("src"), alt: ofPicture("alt") }),
  parseHTML: () => [
    {
      tag: "figure",
      contentElement: (figure) => figure.querySelector<HTMLElement>("figcaption") ?? document.createElement("div"),
      getAttrs: (figure) => (figure.hasAttribute("data-src") || figure.querySelector("img") ? null : false),
    },
    { tag: "img[src]" },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const { src, alt } = node.attrs;
    // Only what the network can show: an asset's address is known to the server, which has told it to the page.
    const address = /^https?:/.test(src) ? src : ASSETS.get(src);
    const shown = address ? ["img", { src: address, alt, draggable: "false" }] : ["span", { class: "no-picture" }];
    return [
      "figure",
      HTMLAttributes,
      ["div", { contenteditable: "false", class: "picture", "data-note": pictureNote(src, alt) }, shown],
      ["figcaption", 0],
    ];
  },
});

/** A part of a block that holds text and neither joins with its neighbours nor splits. */
function part(name: string, tag: string, hint: string) {
  return Node.create({
    name,
    content: "inline*",
    isolating: true,
    selectable: false,
    parseHTML: () => [
      { tag: `${tag}[data-part=${name}]`, priority: 70 },
      ...(name === "quoteText" ? [{ tag: "p", context: "quote/", priority: 60 }] : []),
    ],
    renderHTML: () => [tag, { "data-part": name, "data-hint": hint }, 0],
  });
}

const Quote = Node.create({
  name: "quote",
  group: "block",
  content: "quoteText quoteCite",
  defining: true,
  parseHTML: () => [{ tag: "blockquote" }],
  renderHTML: () => ["blockquote", 0],
});

const CodeBlock = Node.create({
  name: "codeBlock",
  group: "block",
  content: "text*",
  marks: "",
  code: true,
  defining: true,
  addAttributes: () => ({ language: data("language", "") }),
  parseHTML: () => [{ tag: "pre", preserveWhitespace: "full" as const }],
  renderHTML: ({ HTMLAttributes }) => ["pre", mergeAttributes(HTMLAttributes, { spellcheck: "false" }), ["code", 0]],
});

const HtmlBlock = Node.create({
  name: "htmlBlock",
  group: "block",
  content: "text*",
  marks: "",
  code: true,
  defining: true,
  parseHTML: () => [{ tag: "pre[data-html]", preserveWhitespace: "full" as const, priority: 60 }],
  renderHTML: () => ["pre", { "data-html": "", spellcheck: "false" }, ["code", 0]],
});

const Faq = Node.create({
  name: "faq",
  group: "block",
  content: "faqItem+",
  parseHTML: () => [{ tag: "section[data-faq]" }],
  renderHTML: () => ["section", { "data-faq": "" }, 0],
});

const FaqItem = Node.create({
  name: "faqItem",
  content: "faqQuestion faqAnswer",
  isolating: true,
  selectable: false,
  parseHTML: () => [{ tag: "div[data-faq-item]" }],
  renderHTML: () => ["div", { "data-faq-item": "" }, 0],
});

const TableBlock = Node.create({
  name: "tableBlock",
  group: "block",
  content: "table tableCaption",
  isolating: true,
  parseHTML: () => [{ tag: "div[data-table]" }],
  renderHTML: () => ["div", { "data-table": "" }, 0],
});

const Table = Node.create({
  name: "table",
  content: "tableRow+",
  isolating: true,
  selectable: false,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["table", ["tbody", 0]],
});

const TableRow = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)+",
  selectable: false,
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});

function cell(name: string, tag: string) {
  return Node.create({
    name,
    content: "inline*",
    isolating: true,
    selectable: false,
    // The table commands read these; cells of ours are never merged.
    addAttributes: () => ({
      colspan: { default: 1, rendered: false },
      rowspan: { default: 1, rendered: false },
      colwidth: { default: null, rendered: false },
    }),
    parseHTML: () => [{ tag }],
    renderHTML: () => [tag, 0],
  });
}

/** The parts that each node plays in the table commands of ProseMirror. */
const ROLES: Record<string, string> = {
  table: "table",
  tableRow: "row",
  tableCell: "cell",
  tableHeader: "header_cell",
};

const TableRoles = Extension.create({
  name: "tableRoles",
  extendNodeSchema: (extension: { name: string }) =>
    ROLES[extension.name] ? { tableRole: ROLES[extension.name] } : {},
});

const Unknown = Node.create({
  name: UNKNOWN,
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    block: {
      default: null,
      parseHTML: (element: HTMLElement): unknown => JSON.parse(element.getAttribute("data-block") ?? "null"),
      renderHTML: (attrs: Record<string, unknown>) => ({ "data-block": JSON.stringify(attrs.block) }),
    },
  }),
  parseHTML: () => [{ tag: "div[data-block]" }],
  renderHTML: ({ node, HTMLAttributes }) => [
    "div",
    mergeAttributes(HTMLAttributes, { contenteditable: "false" }),
    `A block of the kind “${node.attrs.block?.type ?? "unknown"}”. It can be moved and deleted; it is kept as it is.`,
  ],
});

const Code = Mark.create({
  name: "code",
  parseHTML: () => [{ tag: "code" }],
  renderHTML: () => ["code", 0],
});

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: "" }, rel: { default: null } }),
  // What is pasted with an address that may not be keeps its words.
  parseHTML: () => [
    {
      tag: "a[href]",
      getAttrs: (link) => {
        const href = linkOf(link.getAttribute("href") ?? "");
        return href ? { href, rel: link.getAttribute("rel") } : false;
      },
    },
  ],
  // Who only reads may follow it, and keeps this page.
  renderHTML: ({ HTMLAttributes }) => ["a", { ...HTMLAttributes, target: "_blank" }, 0],
});

export const NODES = [
  Heading,
  List,
  ListItem,
  Callout,
  Image,
  Quote,
  part("quoteText", "p", "The words of somebody else"),
  part("quoteCite", "footer", "Who said it, and where"),
  CodeBlock,
  HtmlBlock,
  Faq,
  FaqItem,
  part("faqQuestion", "p", "Question"),
  part("faqAnswer", "p", "Answer"),
  TableRoles,
  TableBlock,
  Table,
  part("tableCaption", "p", "Caption of the table"),
  TableRow,
  cell("tableCell", "td"),
  cell("tableHeader", "th"),
  Unknown,
  Code,
  Link,
];
