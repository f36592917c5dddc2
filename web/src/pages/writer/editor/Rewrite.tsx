/** What the AI can do with a content that is there: write it or a section anew, offer variations, read its answer again. */
import { RefreshCw, ScanText, Shuffle } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Block, ContentView } from "@/api/types";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Select, TextField } from "@/ui/Field";
import { spend } from "@/ui/spend";
import { plainBlock } from "./document";

/** The whole page, as a value of the choice of sections. */
const WHOLE = "";

/** The sections of a body by the index of their heading; deeper ones are set in. */
export function sectionsOf(blocks: Block[]): { id: string; name: string }[] {
  return blocks.flatMap((block, index) =>
    block.type === "heading"
      ? [{ id: String(index), name: `${"  ".repeat(Math.max(0, block.level - 2))}${plainBlock(block)}` }]
      : [],
  );
}

export function Rewrite({
  content,
  busy,
  dirty,
  onStarted,
}: {
  content: ContentView;
  /** A job is at work on it. */
  busy: boolean;
  dirty: boolean;
  onStarted: (job: string) => void;
}) {
  // Who comes from an idea that was merged into this page is asked at once, with what the idea would have said.
  const [search, setSearch] = useSearchParams();
  const wish = search.get("wish") ?? "";
  const [asking, setAsking] = useState(wish !== "");
  const close = () => {
    setAsking(false);
    if (wish) setSearch({}, { replace: true });
  };
  const vary = (kind: "titles" | "body") =>
    spend({
      title: kind === "titles" ? "Find other titles" : "Write another body",
      what:
        kind === "titles"
          ? "Finds five other titles. The page stays as it is until you choose one."
          : "Writes the body once more, in another way. The page stays as it is until you choose it.",
      noun: "variation",
      order: { path: "/api/writer/variations", body: { content_id: content.id, kind } },
      items: kind === "titles" ? 5 : 1,
      onStarted,
    });
  const readAgain = () =>
    spend({
      title: "Read the AI's answer again",
      what: "Reads the stored answer of the AI into blocks once more. It is free where our reader can do it; only if the AI has to, it costs a credit. What you changed is kept.",
      noun: "page",
      order: { path: "/api/writer/reparse", body: { content_ids: [content.id] } },
      onStarted,
    });
  return (
    <section aria-labelledby="rewrite-heading" className="card flex flex-col gap-3 px-5 py-4">
      <h2 id="rewrite-heading">Let the AI write</h2>
      <p className="text-ink-soft">
        {dirty
          ? "Save your changes first."
          : "What you changed is kept: where both changed the same, you choose between the two."}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" icon={RefreshCw} isDisabled={dirty} busy={busy} onPress={() => setAsking(true)}>
          Write anew
        </Button>
        <Button size="sm" icon={Shuffle} isDisabled={dirty || busy} onPress={() => vary("titles")}>
          Other titles
        </Button>
        <Button size="sm" icon={Shuffle} isDisabled={dirty || busy} onPress={() => vary("body")}>
          Another body
        </Button>
        {content.source === "ai" && (
          <Button size="sm" icon={ScanText} isDisabled={dirty || busy} onPress={readAgain}>
            Read again
          </Button>
        )}
      </div>
      {asking && <Ask content={content} wish={wish} close={close} onStarted={onStarted} />}
    </section>
  );
}

function Ask({
  content,
  wish,
  close,
  onStarted,
}: {
  content: ContentView;
  wish: string;
  close: () => void;
  onStarted: (job: string) => void;
}) {
  const [section, setSection] = useState(WHOLE);
  const [instructions, setInstructions] = useState(wish);
  const sections = sectionsOf(content.blocks);
  const go = () => {
    const name = sections.find((one) => one.id === section)?.name.trim();
    // The question of the cost takes this window's place.
    close();
    spend({
      title: name ? "Write a section anew" : "Write the page anew",
      what: name
        ? `Writes “${name}” anew. Everything else stays as it is.`
        : "Writes the whole page anew, along its outline. What you changed by hand is kept.",
      noun: name ? "section" : "page",
      order: {
        path: "/api/writer/regenerate",
        body: {
          content_id: content.id,
          ...(section !== WHOLE && { section: Number(section) }),
          ...(instructions.trim() && { instructions: instructions.trim() }),
        },
      },
      onStarted,
    });
  };
  return (
    <Dialog
      title="Write anew"
      isOpen
      onClose={close}
      footer={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button look="primary" onPress={go}>
            See the cost
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Select
          label="What"
          options={sections}
          none="The whole page"
          value={section}
          onChange={setSection}
          hint={`The page has ${count(sections.length, "section")}. A section costs less than the page.`}
        />
        <TextField
          label="What should be different?"
          rows={wish ? 6 : 3}
          value={instructions}
          onChange={setInstructions}
          maxLength={500}
          hint="Optional. For example: shorter, with an example, for beginners."
        />
      </div>
    </Dialog>
  );
}
