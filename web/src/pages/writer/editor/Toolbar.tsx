/** The bar of the editor: marks, kinds, new blocks, and what can be done with the block in hand. */
import { type Editor, useEditorState } from "@tiptap/react";
import {
  ArrowDown,
  ArrowUp,
  Bold,
  Code,
  FileCode2,
  Heading2,
  Image,
  Italic,
  List,
  ListOrdered,
  type LucideIcon,
  MessageCircleQuestion,
  MessageSquareWarning,
  Pilcrow,
  Plus,
  Quote,
  Redo2,
  SquareCode,
  Table,
  Trash2,
  Undo2,
} from "lucide-react";
import { Toolbar as AriaToolbar, Group, ToggleButton } from "react-aria-components";
import { cx } from "@/lib/cx";
import { Button, IconButton } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { Menu } from "@/ui/Menu";
import { BlockBar } from "./BlockBar";
import { blockInHand, deleteBlocks, insertBlock, type Kind, kindOf, moveBlocks, turn } from "./commands";
import { LinkButton } from "./LinkButton";

const KINDS: { id: Kind; name: string }[] = [
  { id: "paragraph", name: "Paragraph" },
  { id: "heading2", name: "Heading 2" },
  { id: "heading3", name: "Heading 3" },
  { id: "heading4", name: "Heading 4" },
  { id: "bullets", name: "Bulleted list" },
  { id: "numbers", name: "Numbered list" },
  { id: "callout", name: "Callout" },
];

const NEW: { id: string; label: string; icon: LucideIcon }[] = [
  { id: "paragraph", label: "Paragraph", icon: Pilcrow },
  { id: "heading", label: "Heading", icon: Heading2 },
  { id: "bullets", label: "Bulleted list", icon: List },
  { id: "numbers", label: "Numbered list", icon: ListOrdered },
  { id: "table", label: "Table", icon: Table },
  { id: "image", label: "Image", icon: Image },
  { id: "quote", label: "Quote", icon: Quote },
  { id: "callout", label: "Callout", icon: MessageSquareWarning },
  { id: "faq", label: "Questions and answers", icon: MessageCircleQuestion },
  { id: "code", label: "Code", icon: SquareCode },
  { id: "html", label: "HTML", icon: FileCode2 },
];

const MARKS: { type: string; label: string; icon: LucideIcon }[] = [
  { type: "bold", label: "Bold (Ctrl B)", icon: Bold },
  { type: "italic", label: "Italic (Ctrl I)", icon: Italic },
  { type: "code", label: "Code in the text (Ctrl E)", icon: Code },
];

/** After a menu has closed and given the focus back: only then may the editor take it. */
function afterMenu(run: () => void): void {
  setTimeout(run, 50);
}

export function Toolbar({ editor }: { editor: Editor }) {
  const state = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      marks: MARKS.map((mark) => now.isActive(mark.type)),
      kind: kindOf(blockInHand(now.state)),
      canMark: now.state.selection.$from.parent.inlineContent && !now.state.selection.$from.parent.type.spec.code,
      canUndo: now.can().undo(),
      canRedo: now.can().redo(),
    }),
  });
  return (
    <div className="sticky top-14 z-10 rounded-t-xl border-b border-line bg-card">
      <AriaToolbar
        aria-label="Write"
        className="flex flex-wrap items-center gap-1 px-2 py-1.5 max-sm:flex-nowrap max-sm:overflow-x-auto"
      >
        <Select
          label="Kind of block"
          hideLabel
          className="w-36 shrink-0"
          none={state.kind ? undefined : "Other block"}
          options={KINDS}
          value={state.kind ?? ""}
          isDisabled={!state.kind}
          onChange={(kind) => kind && afterMenu(() => turn(editor, kind as Kind))}
        />
        <Group aria-label="Marks" className="flex">
          {MARKS.map((mark, index) => (
            <ToggleButton
              key={mark.type}
              aria-label={mark.label}
              isSelected={state.marks[index] ?? false}
              isDisabled={!state.canMark}
              onChange={() => editor.chain().focus().toggleMark(mark.type).run()}
              className={({ isSelected }) =>
                cx(
                  "flex size-9 cursor-pointer items-center justify-center rounded-lg text-ink-soft hover:bg-sunk hover:text-ink disabled:opacity-50",
                  isSelected && "bg-brand-soft text-brand-strong",
                )
              }
            >
              <mark.icon className="size-[18px]" aria-hidden />
            </ToggleButton>
          ))}
          <LinkButton editor={editor} isDisabled={!state.canMark} />
        </Group>
        <Menu
          label="Add a block"
          entries={NEW.map((entry) => ({ ...entry, run: () => afterMenu(() => insertBlock(editor, entry.id)) }))}
        >
          <Button size="sm" icon={Plus}>
            Add block
          </Button>
        </Menu>
        <Group aria-label="Block" className="flex">
          <IconButton label="Move block up (Alt ↑)" icon={ArrowUp} onPress={() => moveBlocks(editor, -1)} />
          <IconButton label="Move block down (Alt ↓)" icon={ArrowDown} onPress={() => moveBlocks(editor, 1)} />
          <IconButton label="Delete block" icon={Trash2} onPress={() => deleteBlocks(editor)} />
        </Group>
        <Group aria-label="History" className="flex">
          <IconButton
            label="Undo (Ctrl Z)"
            icon={Undo2}
            isDisabled={!state.canUndo}
            onPress={() => editor.chain().focus().undo().run()}
          />
          <IconButton
            label="Redo (Ctrl Shift Z)"
            icon={Redo2}
            isDisabled={!state.canRedo}
            onPress={() => editor.chain().focus().redo().run()}
          />
        </Group>
      </AriaToolbar>
      <BlockBar editor={editor} />
    </div>
  );
}
