/** The keyboard: Enter and Backspace in lists, questions, quotes and tables, and the keys of the bar. */
import { type EditorState, Selection, TextSelection, type Transaction } from "@tiptap/pm/state";
import { addRowAfter, goToNextCell } from "@tiptap/pm/tables";
import { type Editor, Extension, InputRule } from "@tiptap/react";
import { chosenBlocks, type Kind, moveBlocks, paragraphAfter, startOf, turn, turnInto } from "./commands";

const parentOf = ({ selection }: EditorState) => selection.$from.parent;
const typeOf = (state: EditorState) => parentOf(state).type.name;

function send(editor: Editor, change: (tr: Transaction) => void): true {
  const { tr } = editor.state;
  change(tr);
  editor.view.dispatch(tr.scrollIntoView());
  return true;
}

/** To the next text of the same block, as from a question to its answer. */
function goOn(editor: Editor): true {
  return send(editor, (tr) => {
    tr.setSelection(Selection.near(tr.doc.resolve(tr.selection.$from.after() + 1), 1));
  });
}

function leave(editor: Editor): true {
  return send(editor, paragraphAfter);
}

/** Out of an empty item: what follows it becomes a list of its own, and between them stands a paragraph. */
function leaveList(editor: Editor): true {
  return send(editor, (tr) => {
    const { $from } = tr.selection;
    const { nodes } = tr.doc.type.schema;
    const list = $from.node(1);
    const at = $from.index(1);
    const before = list.children.slice(0, at);
    const after = list.children.slice(at + 1);
    const paragraph = nodes.paragraph?.create();
    const begin = startOf(tr.doc, $from.index(0));
    if (!paragraph) return;
    const head = before.length > 0 ? [nodes.list?.create(list.attrs, before)] : [];
    const tail = after.length > 0 ? [nodes.list?.create(list.attrs, after)] : [];
    tr.replaceWith(
      begin,
      begin + list.nodeSize,
      [...head, paragraph, ...tail].flatMap((node) => node ?? []),
    );
    tr.setSelection(TextSelection.create(tr.doc, begin + (head[0]?.nodeSize ?? 0) + 1));
  });
}

/** After an answer: the next question, a new one after the last, or out when this one is empty. */
function nextQuestion(editor: Editor): true {
  const { $from } = editor.state.selection;
  const item = $from.node(2);
  const faq = $from.node(1);
  const isLast = $from.index(1) === faq.childCount - 1;
  if (item.textContent === "" && isLast && faq.childCount > 1) {
    return send(editor, (tr) => {
      tr.delete($from.before(2), $from.after(2));
      tr.setSelection(Selection.near(tr.doc.resolve($from.before(2)), -1));
      paragraphAfter(tr);
    });
  }
  return send(editor, (tr) => {
    const fresh = tr.doc.type.schema.nodes.faqItem?.createAndFill();
    if (isLast && fresh) tr.insert($from.after(2), fresh);
    tr.setSelection(Selection.near(tr.doc.resolve($from.after(2) + 1), 1));
  });
}

function nextCell(editor: Editor): boolean {
  const { view } = editor;
  if (goToNextCell(1)(editor.state, view.dispatch)) return true;
  if (!addRowAfter(editor.state, view.dispatch)) return false;
  return goToNextCell(1)(editor.state, view.dispatch);
}

function enter(editor: Editor): boolean {
  const { state } = editor;
  switch (typeOf(state)) {
    case "listItem":
      return parentOf(state).content.size === 0 ? leaveList(editor) : false;
    case "quoteText":
    case "faqQuestion":
      return goOn(editor);
    case "faqAnswer":
      return nextQuestion(editor);
    case "tableCell":
    case "tableHeader":
      return nextCell(editor);
    case "quoteCite":
    case "tableCaption":
    case "image":
      return leave(editor);
    default:
      return false;
  }
}

/** At the start of a block: an empty one becomes a paragraph, a list lets its first item go. */
function backspace(editor: Editor): boolean {
  const { state } = editor;
  const { selection, doc } = state;
  if (!selection.empty || selection.$from.parentOffset > 0) return false;
  const { from } = chosenBlocks(state);
  const block = doc.child(from);
  const type = typeOf(state);
  if (block.type.name === "paragraph" || selection.$from.depth === 0) return false;
  if (type === "faqQuestion" && block.childCount > 1 && selection.$from.node(2).textContent === "") {
    return send(editor, (tr) => {
      const { $from } = selection;
      tr.delete($from.before(2), $from.after(2));
      tr.setSelection(Selection.near(tr.doc.resolve($from.before(2)), -1));
    });
  }
  if (block.textContent === "" && block.type.name !== "image" && block.childCount <= 2) {
    return send(editor, (tr) => {
      const begin = startOf(tr.doc, from);
      const paragraph = tr.doc.type.schema.nodes.paragraph?.create();
      if (!paragraph) return;
      tr.replaceWith(begin, begin + block.nodeSize, paragraph);
      tr.setSelection(TextSelection.create(tr.doc, begin + 1));
    });
  }
  if (type === "heading" || type === "callout") return turned(editor, "paragraph");
  if (type === "listItem" && selection.$from.index(1) === 0) return liftFirst(editor);
  return false;
}

function turned(editor: Editor, kind: Kind): true {
  turn(editor, kind);
  return true;
}

function liftFirst(editor: Editor): true {
  return send(editor, (tr) => {
    const { $from } = tr.selection;
    const { nodes } = tr.doc.type.schema;
    const list = $from.node(1);
    const begin = startOf(tr.doc, $from.index(0));
    const paragraph = nodes.paragraph?.create(null, list.child(0).content);
    const rest = list.childCount > 1 ? nodes.list?.create(list.attrs, list.children.slice(1)) : undefined;
    if (!paragraph) return;
    tr.replaceWith(begin, begin + list.nodeSize, rest ? [paragraph, rest] : [paragraph]);
    tr.setSelection(TextSelection.create(tr.doc, begin + 1));
  });
}

/** At the start of a paragraph, what becomes of it. */
const BEGINNINGS: [RegExp, Kind][] = [
  [/^##\s$/, "heading2"],
  [/^###\s$/, "heading3"],
  [/^####\s$/, "heading4"],
  [/^[-*+]\s$/, "bullets"],
  [/^1[.)]\s$/, "numbers"],
];

export const Keys = Extension.create({
  name: "keys",
  // Before the keys of the kit, which would split what must not be split.
  priority: 200,
  addKeyboardShortcuts() {
    const { editor } = this;
    const kind = (name: Kind) => () => turned(editor, name);
    return {
      Enter: () => enter(editor),
      Backspace: () => backspace(editor),
      Tab: () => (typeOf(editor.state).startsWith("table") ? nextCell(editor) : false),
      "Shift-Tab": () => goToNextCell(-1)(editor.state, editor.view.dispatch),
      "Mod-e": () => editor.commands.toggleMark("code"),
      "Mod-Alt-0": kind("paragraph"),
      "Mod-Alt-2": kind("heading2"),
      "Mod-Alt-3": kind("heading3"),
      "Mod-Alt-4": kind("heading4"),
      "Mod-Shift-7": kind("numbers"),
      "Mod-Shift-8": kind("bullets"),
      "Alt-ArrowUp": () => moveBlocks(editor, -1),
      "Alt-ArrowDown": () => moveBlocks(editor, 1),
    };
  },
  addInputRules: () =>
    BEGINNINGS.map(
      ([find, kind]) =>
        new InputRule({
          find,
          handler: ({ state, range }) => {
            const { tr } = state;
            if (tr.selection.$from.parent.type.name !== "paragraph" || tr.selection.$from.depth !== 1) return null;
            tr.delete(range.from, range.to);
            turnInto(tr, kind);
          },
        }),
    ),
});
