import { Editor } from "@tiptap/react";
import { afterEach, expect, test } from "vitest";
import type { Block } from "@/api/types";
import { chosenBlocks, deleteBlocks, insertBlock, moveBlocks, startOf, turn } from "./commands";
import { blocksOf, documentOf } from "./document";
import { EXTENSIONS } from "./extensions";
import { linkOf } from "./links";

let editor: Editor;
afterEach(() => editor.destroy());

const paragraph = (text: string): Block => ({ type: "paragraph", text });

/** With the cursor at the end of the words `after`. */
function open(blocks: Block[], after: string): void {
  editor = new Editor({
    element: document.createElement("div"),
    extensions: EXTENSIONS,
    injectCSS: false,
    content: documentOf(blocks),
  });
  let at = -1;
  editor.state.doc.descendants((node, position) => {
    const found = node.isText ? (node.text ?? "").indexOf(after) : -1;
    if (found >= 0) at = position + found + after.length;
  });
  if (at < 0) throw new Error(`no ${after}`);
  editor.commands.setTextSelection(at);
}

const saved = () => blocksOf(editor.getJSON()).blocks;
/** A key that the editor handles by itself. */
function press(key: string, modifiers: KeyboardEventInit = {}): void {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers });
  editor.view.someProp("handleKeyDown", (handle) => handle(editor.view, event));
}
const type = (text: string) => editor.commands.insertContent(text);

test("Enter splits an item, and leaves the list from an empty one", () => {
  open([{ type: "list", ordered: true, items: ["one", "two"] }], "one");
  press("Enter");
  press("Enter");
  type("between");
  expect(saved()).toEqual([
    { type: "list", ordered: true, items: ["one"] },
    paragraph("between"),
    { type: "list", ordered: true, items: ["two"] },
  ]);
  editor.state.doc.check();
});

test("Enter goes from question to answer to the next question, and out", () => {
  open([{ type: "faq", items: [{ question: "Why?", answer: "So." }] }], "Why?");
  press("Enter");
  press("Enter");
  type("How?");
  press("Enter");
  type("Thus.");
  press("Enter");
  press("Enter");
  press("Enter");
  type("after");
  expect(saved()).toEqual([
    {
      type: "faq",
      items: [
        { question: "Why?", answer: "So." },
        { question: "How?", answer: "Thus." },
      ],
    },
    paragraph("after"),
  ]);
});

test("Tab after the last cell makes a row of the same width", () => {
  open([{ type: "table", header: ["a", "b"], rows: [["c", "d"]] }], "d");
  press("Tab");
  type("e");
  expect(saved()).toEqual([
    {
      type: "table",
      header: ["a", "b"],
      rows: [
        ["c", "d"],
        ["e", ""],
      ],
    },
  ]);
});

test("Backspace takes the form of a block before its words", () => {
  open([paragraph("x"), { type: "heading", level: 3, text: "Head" }], "Head");
  editor.commands.setTextSelection(startOf(editor.state.doc, 1) + 1);
  press("Backspace");
  expect(saved()).toEqual([paragraph("x"), paragraph("Head")]);
});

test("blocks change their kind and come back with their words and marks", () => {
  open([paragraph("<strong>one</strong> more"), paragraph("two")], "one");
  editor.commands.selectAll();
  turn(editor, "bullets");
  const items = ["<strong>one</strong> more", "two"];
  expect(saved()).toEqual([{ type: "list", ordered: false, items }]);
  turn(editor, "heading2");
  expect(saved().map((block) => block.type)).toEqual(["heading", "heading"]);
});

test("blocks move with the cursor in them, and are deleted down to an empty paragraph", () => {
  open([paragraph("a"), paragraph("b"), { type: "html", html: "<p>c</p>" }], "b");
  moveBlocks(editor, -1);
  expect(saved()).toEqual([paragraph("b"), paragraph("a"), { type: "html", html: "<p>c</p>" }]);
  expect(chosenBlocks(editor.state)).toEqual({ from: 0, to: 0 });
  expect(moveBlocks(editor, -1)).toBe(false);
  moveBlocks(editor, 1);
  moveBlocks(editor, 1);
  expect(saved()[2]).toEqual(paragraph("b"));
  editor.commands.selectAll();
  deleteBlocks(editor);
  expect(saved()).toEqual([]);
  editor.state.doc.check();
});

test("every new block stands after the one in hand and fits the schema", () => {
  open([paragraph("a"), paragraph("z")], "a");
  const kinds = ["heading", "bullets", "numbers", "table", "quote", "callout", "faq", "image", "code", "html"];
  for (const kind of kinds) {
    editor.commands.setTextSelection(2);
    insertBlock(editor, kind);
    expect(chosenBlocks(editor.state).from, kind).toBe(1);
    editor.state.doc.check();
  }
  expect(saved()).toEqual([paragraph("a"), paragraph("z")]);
});

test("what is pasted becomes blocks of ours", () => {
  open([paragraph("x")], "x");
  const page =
    "<h1>Title</h1><p>a <b>b</b> <u>c</u> <a href='javascript:alert(1)'>d</a> <a href='https://e.example'>e</a></p>" +
    "<ul><li><p>one</p></li><li>two</li></ul><blockquote><p>said</p></blockquote>" +
    "<table><tr><th>h</th><th>i</th></tr><tr><td>j</td><td>k</td></tr></table>" +
    "<pre>code\n  more</pre><img src='https://a.example/p.png' alt='P'><script>alert(1)</script>";
  editor.commands.setContent(page);
  editor.state.doc.check();
  expect(saved()).toEqual([
    { type: "heading", level: 2, text: "Title" },
    paragraph('a <strong>b</strong> c d <a href="https://e.example">e</a>'),
    { type: "list", ordered: false, items: ["one", "two"] },
    { type: "quote", text: "said" },
    { type: "table", header: ["h", "i"], rows: [["j", "k"]] },
    { type: "code", text: "code\n  more" },
    { type: "image", src: "https://a.example/p.png", alt: "P" },
  ]);
});

test("addresses of links as the server takes them", () => {
  expect(linkOf(" example.com/a ")).toBe("https://example.com/a");
  for (const good of ["https://a.example", "/about", "#part", "mailto:a@b.example"]) expect(linkOf(good)).toBe(good);
  for (const bad of ["javascript:alert(1)", "//evil.example", "two words", "ftp://a", ""])
    expect(linkOf(bad)).toBeUndefined();
});
