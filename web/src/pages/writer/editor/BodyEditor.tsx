/** The body: blocks to write in, with the bar above them. */
import { NodeSelection } from "@tiptap/pm/state";
import { EditorContent, useEditor } from "@tiptap/react";
import { memo, useEffect } from "react";
import type { Block } from "@/api/types";
import { startOf } from "./commands";
import { blocksOf, documentOf } from "./document";
import { EXTENSIONS } from "./extensions";
import { Toolbar } from "./Toolbar";
import "./editor.css";

export type Body = ReturnType<typeof blocksOf>;

/** Puts the cursor into a block of the body. */
export type GoTo = (index: number) => void;

/** `blocks` are read once; another body takes another `key`. */
export const BodyEditor = memo(function BodyEditor({
  blocks,
  readOnly,
  onChange,
  onReady,
}: {
  blocks: Block[];
  readOnly: boolean;
  onChange: (body: Body) => void;
  onReady: (goTo: GoTo) => void;
}) {
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: documentOf(blocks),
    editable: !readOnly,
    injectCSS: false,
    editorProps: {
      // A press on a picture takes it in hand, with its alt text in the bar; its caption is text as any other.
      handleClickOn: (view, _, node, at, event) => {
        if (node.type.name !== "image" || !(event.target as Element).closest(".picture")) return false;
        view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)));
        return true;
      },
      attributes: {
        class: "body-editor",
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": "Body",
        ...(readOnly && { "aria-readonly": "true", tabindex: "0" }),
      },
    },
    onUpdate: ({ editor: changed }) => onChange(blocksOf(changed.getJSON())),
  });
  useEffect(() => {
    if (!editor) return;
    onReady((index) => {
      const at = startOf(editor.state.doc, Math.min(index, editor.state.doc.childCount - 1));
      editor
        .chain()
        .focus()
        .setTextSelection(at + 1)
        .scrollIntoView()
        .run();
    });
  }, [editor, onReady]);
  if (!editor) return null;
  return (
    <div className="card">
      {!readOnly && <Toolbar editor={editor} />}
      <EditorContent editor={editor} />
    </div>
  );
});
