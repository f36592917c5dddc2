import { type Editor, useEditorState } from "@tiptap/react";
import { Link2, Unlink } from "lucide-react";
import { useState } from "react";
import { Dialog, DialogTrigger, Form, Popover } from "react-aria-components";
import { Button, IconButton } from "@/ui/Button";
import { Checkbox, TextField } from "@/ui/Field";
import { linkOf } from "./links";

/** Sets, changes and takes away the link of what is selected. */
export function LinkButton({ editor, isDisabled }: { editor: Editor; isDisabled: boolean }) {
  const link = useEditorState({
    editor,
    selector: ({ editor: now }) => (now.isActive("link") ? now.getAttributes("link") : undefined),
  });
  return (
    <DialogTrigger>
      <IconButton label={link ? "Change link" : "Link (select words first)"} icon={Link2} isDisabled={isDisabled} />
      <Popover className="pop card w-80 max-w-[calc(100vw-2rem)] shadow-lg">
        <Dialog aria-label="Link" className="p-4 outline-none">
          {({ close }) => <LinkForm editor={editor} link={link} close={close} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function LinkForm({
  editor,
  link,
  close,
}: {
  editor: Editor;
  link: Record<string, unknown> | undefined;
  close: () => void;
}) {
  const rel = String(link?.rel ?? "");
  const [href, setHref] = useState(String(link?.href ?? ""));
  const [nofollow, setNofollow] = useState(rel.split(" ").includes("nofollow"));
  const [error, setError] = useState<string>();
  const set = () => {
    const good = linkOf(href);
    if (!good) return setError("An address is https://…, mailto:…, a path such as /about, or #part.");
    const others = rel.split(" ").filter((word) => word && word !== "nofollow");
    const attrs = { href: good, rel: [...(nofollow ? ["nofollow"] : []), ...others].join(" ") || null };
    const chain = editor.chain().focus();
    if (editor.state.selection.empty && !link) {
      chain.insertContent({ type: "text", text: good, marks: [{ type: "link", attrs }] }).run();
    } else chain.extendMarkRange("link").setMark("link", attrs).run();
    close();
  };
  return (
    <Form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        set();
      }}
    >
      <TextField label="Address" value={href} onChange={setHref} error={error} autoFocus placeholder="https://…" />
      <Checkbox isSelected={nofollow} onChange={setNofollow}>
        Tell search engines not to follow it
      </Checkbox>
      <div className="flex flex-wrap justify-end gap-2">
        {link && (
          <Button
            size="sm"
            icon={Unlink}
            onPress={() => {
              editor.chain().focus().extendMarkRange("link").unsetMark("link").run();
              close();
            }}
          >
            Remove link
          </Button>
        )}
        <Button size="sm" look="primary" type="submit">
          Set link
        </Button>
      </div>
    </Form>
  );
}
