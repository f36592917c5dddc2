/** Shows what belongs into an empty text: a class, and the words of `data-hint` by CSS. */
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { Extension } from "@tiptap/react";

const HINTS: Record<string, string> = {
  heading: "Heading",
  callout: "A remark",
  codeBlock: "Code",
  htmlBlock: "HTML",
  listItem: "",
};

export const Hints = Extension.create({
  name: "hints",
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        decorations({ doc, selection }) {
          const found: Decoration[] = [];
          doc.descendants((node, at) => {
            if (!node.isTextblock || node.content.size > 0) return;
            const here = selection.from > at && selection.to < at + node.nodeSize;
            const paragraph = node.type.name === "paragraph" && (here || doc.childCount === 1);
            const hint = paragraph ? "Write, or add a block from the bar above" : HINTS[node.type.name];
            found.push(Decoration.node(at, at + node.nodeSize, { class: "empty", ...(hint && { "data-hint": hint }) }));
          });
          return DecorationSet.create(doc, found);
        },
      },
    }),
  ],
});
