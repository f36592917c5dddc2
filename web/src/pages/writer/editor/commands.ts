/** What the bar and the keyboard do with whole blocks. The blocks are the nodes at the top of the document. */
import { type Fragment, type Node, Slice } from "@tiptap/pm/model";
import { type EditorState, NodeSelection, Selection, TextSelection, type Transaction } from "@tiptap/pm/state";
import type { Editor } from "@tiptap/react";

/** The first and the last block that the selection touches. */
export function chosenBlocks({ selection, doc }: Pick<EditorState, "selection" | "doc">): { from: number; to: number } {
  const last = doc.childCount - 1;
  const from = Math.min(last, selection.$from.index(0));
  const to = selection instanceof NodeSelection ? from : Math.min(last, selection.$to.index(0));
  return { from, to };
}

/** Where the block with this number begins. */
export function startOf(doc: Node, index: number): number {
  let at = 0;
  for (let one = 0; one < index; one += 1) at += doc.child(one).nodeSize;
  return at;
}

export function blockInHand(state: EditorState): Node | undefined {
  return state.doc.maybeChild(chosenBlocks(state).from) ?? undefined;
}

/** Moves the chosen blocks past their neighbour: the neighbour is what moves, so the selection stays where it is. */
export function moveBlocks(editor: Editor, by: -1 | 1): boolean {
  const { state, view } = editor;
  const { from, to } = chosenBlocks(state);
  const neighbour = state.doc.maybeChild(by < 0 ? from - 1 : to + 1);
  if (!neighbour) return false;
  const begin = startOf(state.doc, from);
  const end = startOf(state.doc, to + 1);
  const tr =
    by < 0
      ? state.tr.insert(end, neighbour).delete(begin - neighbour.nodeSize, begin)
      : state.tr.delete(end, end + neighbour.nodeSize).insert(begin, neighbour);
  // What was inserted at the border of a selected node must not pull the selection with it.
  if (state.selection instanceof NodeSelection) {
    const at = by < 0 ? begin - neighbour.nodeSize : begin + neighbour.nodeSize;
    tr.setSelection(NodeSelection.create(tr.doc, at));
  }
  view.dispatch(tr.scrollIntoView());
  view.focus();
  return true;
}

export function deleteBlocks(editor: Editor): void {
  const { state, view } = editor;
  const { from, to } = chosenBlocks(state);
  const tr = state.tr;
  const [begin, end] = [startOf(state.doc, from), startOf(state.doc, to + 1)];
  if (end - begin === state.doc.content.size) tr.replaceWith(begin, end, state.schema.nodes.paragraph?.create() ?? []);
  else tr.delete(begin, end);
  tr.setSelection(Selection.near(tr.doc.resolve(Math.min(begin, tr.doc.content.size)), 1));
  view.dispatch(tr.scrollIntoView());
  view.focus();
}

/** Changes attributes of the block in hand. */
export function setAttributes(editor: Editor, attrs: Record<string, unknown>): void {
  const { state, view } = editor;
  const { from } = chosenBlocks(state);
  const node = state.doc.child(from);
  view.dispatch(state.tr.setNodeMarkup(startOf(state.doc, from), undefined, { ...node.attrs, ...attrs }));
}

/** The lines of text of a block that can become another kind: the items of a list, or the text itself. */
function lines(node: Node): Fragment[] | undefined {
  if (node.type.name === "list") return node.children.map((item) => item.content);
  if (["paragraph", "heading", "callout"].includes(node.type.name)) return [node.content];
  return undefined;
}

export type Kind = "paragraph" | "heading2" | "heading3" | "heading4" | "bullets" | "numbers" | "callout";

export function kindOf(node: Node | undefined): Kind | undefined {
  if (node?.type.name === "heading") return `heading${node.attrs.level}` as Kind;
  if (node?.type.name === "list") return node.attrs.ordered ? "numbers" : "bullets";
  if (node?.type.name === "paragraph" || node?.type.name === "callout") return node.type.name;
  return undefined;
}

/** Makes the chosen blocks another kind of text. Each line of a list becomes a block of its own, and back. */
export function turnInto(tr: Transaction, kind: Kind): boolean {
  const { nodes } = tr.doc.type.schema;
  const { from, to } = chosenBlocks(tr);
  const chosen: Fragment[] = [];
  for (let index = from; index <= to; index += 1) {
    const found = lines(tr.doc.child(index));
    if (!found) return false;
    chosen.push(...found);
  }
  const make = (content: Fragment) => {
    if (kind.startsWith("heading")) return nodes.heading?.create({ level: Number(kind.slice(-1)) }, content);
    return kind === "callout"
      ? nodes.callout?.create({ tone: "note" }, content)
      : nodes.paragraph?.create(null, content);
  };
  const isList = kind === "bullets" || kind === "numbers";
  const made = isList
    ? [
        nodes.list?.create(
          { ordered: kind === "numbers" },
          chosen.flatMap((content) => nodes.listItem?.create(null, content) ?? []),
        ),
      ]
    : chosen.map(make);
  const begin = startOf(tr.doc, from);
  // The cursor stays at the same letter: count the letters before it, whatever stands around them.
  const offset = tr.doc.textBetween(begin, tr.selection.from, "\u0000", "\u0001").length;
  tr.replaceWith(
    begin,
    startOf(tr.doc, to + 1),
    made.flatMap((node) => node ?? []),
  );
  tr.setSelection(Selection.near(tr.doc.resolve(letterAt(tr.doc, begin, offset))));
  return true;
}

/** The place in the document after so many letters and line borders, from `begin` on. */
function letterAt(doc: Node, begin: number, letters: number): number {
  let last = begin + 1;
  for (let at = begin + 1; at <= doc.content.size; at += 1) {
    if (!doc.resolve(at).parent.inlineContent) continue;
    last = at;
    if (doc.textBetween(begin, at, "\u0000", "\u0001").length >= letters) return at;
  }
  return last;
}

export function turn(editor: Editor, kind: Kind): void {
  const { tr } = editor.state;
  if (turnInto(tr, kind)) editor.view.dispatch(tr.scrollIntoView());
  editor.view.focus();
}

/** New blocks, as the document has them. */
export const FRESH: Record<string, object> = {
  paragraph: { type: "paragraph" },
  heading: { type: "heading", attrs: { level: 2 } },
  bullets: { type: "list", attrs: { ordered: false }, content: [{ type: "listItem" }] },
  numbers: { type: "list", attrs: { ordered: true }, content: [{ type: "listItem" }] },
  table: {
    type: "tableBlock",
    content: [
      {
        type: "table",
        content: [
          { type: "tableRow", content: [{ type: "tableHeader" }, { type: "tableHeader" }] },
          { type: "tableRow", content: [{ type: "tableCell" }, { type: "tableCell" }] },
          { type: "tableRow", content: [{ type: "tableCell" }, { type: "tableCell" }] },
        ],
      },
      { type: "tableCaption" },
    ],
  },
  quote: { type: "quote", content: [{ type: "quoteText" }, { type: "quoteCite" }] },
  callout: { type: "callout", attrs: { tone: "tip" } },
  faq: {
    type: "faq",
    content: [{ type: "faqItem", content: [{ type: "faqQuestion" }, { type: "faqAnswer" }] }],
  },
  image: { type: "image" },
  code: { type: "codeBlock" },
  html: { type: "htmlBlock" },
};

/** Adds a block after the one in hand, or in its place when that is an empty paragraph, and goes there. */
export function insertBlock(editor: Editor, name: string): void {
  const { state, view } = editor;
  const { from, to } = chosenBlocks(state);
  const node = state.schema.nodeFromJSON(FRESH[name]);
  const here = state.doc.child(from);
  const empty = from === to && here.type.name === "paragraph" && here.content.size === 0;
  const begin = startOf(state.doc, empty ? from : to + 1);
  const tr = state.tr.replaceRange(begin, empty ? begin + here.nodeSize : begin, new Slice(fragmentOf(node), 0, 0));
  goInto(tr, begin);
  view.dispatch(tr.scrollIntoView());
  view.focus();
}

function fragmentOf(node: Node): Fragment {
  return node.type.schema.topNodeType.create(null, node).content;
}

function goInto(tr: Transaction, at: number): void {
  tr.setSelection(Selection.near(tr.doc.resolve(at + 1), 1));
}

/** A new paragraph after the block in hand, with the cursor in it. */
export function paragraphAfter(tr: Transaction): void {
  const paragraph = tr.doc.type.schema.nodes.paragraph?.create();
  const at = startOf(tr.doc, chosenBlocks(tr).to + 1);
  if (!paragraph) return;
  tr.insert(at, paragraph);
  tr.setSelection(TextSelection.create(tr.doc, at + 1));
}
