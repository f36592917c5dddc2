/** What the block in hand has beside its text: the tone of a callout, the address of a picture, the rows of a table. */

import type { Command } from "@tiptap/pm/state";
import { Selection } from "@tiptap/pm/state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, isInTable, toggleHeaderRow } from "@tiptap/pm/tables";
import { type Editor, useEditorState } from "@tiptap/react";
import { cx } from "@/lib/cx";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Field";
import { blockInHand, setAttributes } from "./commands";

const TONES = [
  { id: "note", name: "Note" },
  { id: "tip", name: "Tip" },
  { id: "warning", name: "Warning" },
];

const NOTES: Record<string, string> = {
  htmlBlock: "HTML is cleaned when it is saved: scripts and styles are not kept.",
  unknownBlock: "This block can be moved or deleted. Its content stays as it is.",
  list: "Enter on an empty item leaves the list.",
  quote: "Enter goes from the words to who said them.",
};

export function BlockBar({ editor }: { editor: Editor }) {
  const block = useEditorState({
    editor,
    selector: ({ editor: now }) => {
      const node = blockInHand(now.state);
      const { src = "", alt = "", tone = "", language = "" } = node?.attrs ?? {};
      return { type: node?.type.name ?? "", src, alt, tone, language, inTable: isInTable(now.state) };
    },
  });
  const set = (name: string) => (value: string) => setAttributes(editor, { [name]: value });
  const isPlain = !["callout", "codeBlock", "image", "tableBlock", "faq"].includes(block.type) && !NOTES[block.type];
  return (
    <div
      className={cx(
        "flex min-h-11 flex-wrap items-center gap-2 border-t border-line px-2 py-1 text-[13px] text-ink-soft",
        // The hint is about keys that a phone does not have; without it the bar would be empty.
        isPlain && "max-sm:hidden",
      )}
    >
      {block.type === "callout" && (
        <Select label="Tone" hideLabel className="w-36" options={TONES} value={block.tone} onChange={set("tone")} />
      )}
      {block.type === "codeBlock" && (
        <Small
          label="Language"
          placeholder="Language, such as rust or sh"
          value={block.language}
          onChange={set("language")}
        />
      )}
      {block.type === "image" && (
        <>
          {/* One of our own has a name instead, which nobody types. */}
          {!block.src.startsWith("asset:") && (
            <Small
              label="Address of the image"
              placeholder="https://… or /path"
              value={block.src}
              onChange={set("src")}
            />
          )}
          <Small
            label="Alt text"
            placeholder="Alt text: what the image shows"
            value={block.alt}
            onChange={set("alt")}
          />
        </>
      )}
      {block.type === "tableBlock" && <TableButtons editor={editor} inTable={block.inTable} />}
      {block.type === "faq" && <FaqButtons editor={editor} />}
      {NOTES[block.type]}
      {isPlain && "Type ## for a heading, - for a list. Alt ↑ and Alt ↓ move the block."}
    </div>
  );
}

function Small(props: { label: string; placeholder: string; value: string; onChange: (value: string) => void }) {
  return <TextField {...props} hideLabel className="min-w-40 flex-1" />;
}

function Act({ editor, label, command, off }: { editor: Editor; label: string; command: Command; off?: boolean }) {
  return (
    <Button
      size="sm"
      look="quiet"
      isDisabled={off}
      onPress={() => {
        command(editor.state, editor.view.dispatch);
        editor.view.focus();
      }}
    >
      {label}
    </Button>
  );
}

function TableButtons({ editor, inTable }: { editor: Editor; inTable: boolean }) {
  const all: [string, Command][] = [
    ["Add row", addRowAfter],
    ["Delete row", deleteRow],
    ["Add column", addColumnAfter],
    ["Delete column", deleteColumn],
    ["Header row on or off", toggleHeaderRow],
  ];
  return all.map(([label, command]) => (
    <Act key={label} editor={editor} label={label} command={command} off={!inTable} />
  ));
}

const addQuestion: Command = (state, dispatch) => {
  const { $from } = state.selection;
  const item = state.schema.nodes.faqItem?.createAndFill();
  if ($from.depth < 2 || !item) return false;
  const at = $from.after(2);
  const tr = state.tr.insert(at, item);
  dispatch?.(tr.setSelection(Selection.near(tr.doc.resolve(at + 1), 1)).scrollIntoView());
  return true;
};

const removeQuestion: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if ($from.depth < 2 || $from.node(1).childCount < 2) return false;
  const tr = state.tr.delete($from.before(2), $from.after(2));
  dispatch?.(tr.setSelection(Selection.near(tr.doc.resolve($from.before(2)), -1)));
  return true;
};

function FaqButtons({ editor }: { editor: Editor }) {
  return (
    <>
      <Act editor={editor} label="Add question" command={addQuestion} />
      <Act editor={editor} label="Remove question" command={removeQuestion} />
    </>
  );
}
