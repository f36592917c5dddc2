/** All that the editor is made of; nothing in it injects a style, for the content security policy allows none. */
import { tableEditing } from "@tiptap/pm/tables";
import { Extension } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { Hints } from "./hints";
import { Keys } from "./keys";
import { NODES } from "./schema";

const Tables = Extension.create({ name: "tableEditing", addProseMirrorPlugins: () => [tableEditing()] });

/** Of the kit only what our blocks have: text, paragraph, line break, bold, italic, undo, and the cursors. */
const Base = StarterKit.configure({
  blockquote: false,
  bulletList: false,
  code: false,
  codeBlock: false,
  heading: false,
  horizontalRule: false,
  link: false,
  listItem: false,
  listKeymap: false,
  orderedList: false,
  strike: false,
  underline: false,
  dropcursor: { color: false, class: "drop-here" },
});

export const EXTENSIONS = [Base, ...NODES, Tables, Keys, Hints];
