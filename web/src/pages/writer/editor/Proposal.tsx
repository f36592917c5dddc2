/** A text that came anew and contradicts what a person wrote: both side by side, and a choice for each place. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { queryClient } from "@/api/query";
import type { components } from "@/api/schema";
import type { Block, ContentView } from "@/api/types";
import { ago, count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { confirm } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { failed, told } from "@/ui/ToastNotifications";
import { kindName } from "./DiffView";
import { plainBlock } from "./document";
import { keep } from "./useContent";

type ProposalView = components["schemas"]["ProposalView"];
type Choose = components["schemas"]["Choice"];

const OPTIONS: { id: Choose; name: string }[] = [
  { id: "mine", name: "Keep mine" },
  { id: "new", name: "Take the new one" },
  { id: "both", name: "Keep both" },
];

export function useProposal(id: string) {
  return useQuery({
    queryKey: ["content", "proposal", id],
    queryFn: async () => {
      const answer = await call(api.GET("/api/writer/content/{id}/proposal", { params: { path: { id } } }));
      return (answer as { proposal: ProposalView | null }).proposal;
    },
  });
}

const read = () => queryClient.invalidateQueries({ queryKey: ["content", "proposal"] });

/** Tells of a proposal, and opens it. */
export function ProposalBanner({
  content,
  dirty,
  readOnly,
  taken,
}: {
  content: ContentView;
  dirty: boolean;
  readOnly: boolean;
  taken: (content: ContentView) => void;
}) {
  const proposal = useProposal(content.id).data;
  const [open, setOpen] = useState(false);
  if (!proposal || readOnly) return null;
  const places = proposal.conflicts.length;
  return (
    <>
      <p role="status" className="mb-3 flex flex-wrap items-center gap-3 rounded-lg bg-warn-soft px-4 py-2 text-warn">
        {proposal.note} {ago(proposal.created_at)}.{" "}
        {places > 0
          ? `${count(places, "place")} that you changed too ${places === 1 ? "waits" : "wait"} for your choice.`
          : "It fits to what you wrote since."}
        <Button size="sm" isDisabled={dirty} onPress={() => setOpen(true)}>
          {dirty ? "Save first" : "Look at it"}
        </Button>
      </p>
      {open && (
        <ProposalDialog
          key={proposal.number}
          content={content}
          proposal={proposal}
          close={() => setOpen(false)}
          taken={taken}
        />
      )}
    </>
  );
}

function ProposalDialog({
  content,
  proposal,
  close,
  taken,
}: {
  content: ContentView;
  proposal: ProposalView;
  close: () => void;
  taken: (content: ContentView) => void;
}) {
  const [choices, setChoices] = useState<Choose[]>(() => proposal.conflicts.map(() => "mine"));
  const [busy, setBusy] = useState(false);
  const id = content.id;
  const accept = async () => {
    setBusy(true);
    try {
      const request = api.POST("/api/writer/content/{id}/proposal/{n}", {
        params: { path: { id, n: proposal.number } },
        headers: ifMatch(proposal.version),
        body: { choices },
      });
      taken(keep((await call(request)) as ContentView));
      told("The new text is in. The old one is among the revisions.");
      close();
    } catch (error) {
      // Somebody edited it meanwhile, or another text waits: the places may be others now.
      failed(error);
      close();
    } finally {
      setBusy(false);
      void read();
    }
  };
  const discard = async () => {
    const sure = await confirm({
      title: "Drop the new text?",
      body: "The page stays as it is. What the AI wrote is gone, and its credits stay spent.",
      action: "Drop it",
      danger: true,
    });
    if (!sure) return;
    try {
      const path = { id, n: proposal.number };
      await call(api.DELETE("/api/writer/content/{id}/proposal/{n}", { params: { path } }));
    } catch (error) {
      failed(error);
    }
    close();
    void read();
  };
  return (
    <Dialog
      title={proposal.note}
      isOpen
      width="full"
      onClose={close}
      footer={
        <>
          <Button look="danger" onPress={() => void discard()}>
            Drop the new text
          </Button>
          <Button onPress={close}>Later</Button>
          <Button look="primary" busy={busy} onPress={() => void accept()}>
            Take it over
          </Button>
        </>
      }
    >
      <p className="mb-4 text-ink-soft">
        {proposal.conflicts.length === 0
          ? "What you wrote since fits to it: nothing has to be chosen."
          : "Everything else fits together by itself. Here you and the AI changed the same text."}
      </p>
      <ol className="flex flex-col gap-6">
        {proposal.conflicts.map((conflict, at) => (
          <li key={conflict.at} className="flex flex-col gap-3">
            <div className="grid gap-3 md:grid-cols-2">
              <Side title="Yours, as it is now" blocks={conflict.mine} empty="You deleted this." />
              <Side title="New, by the AI" blocks={conflict.new} empty="The new text has nothing here." />
            </div>
            <Choice
              row
              label={`Place ${at + 1} of ${proposal.conflicts.length}`}
              options={OPTIONS}
              value={choices[at] ?? "mine"}
              onChange={(choice) => setChoices((before) => before.map((one, n) => (n === at ? choice : one)))}
            />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

/** The words of some blocks; what only form tells apart (bold, a link) is told by the kind alone. */
function Side({ title, blocks, empty }: { title: string; blocks: Block[]; empty: string }) {
  return (
    <section aria-label={title} className="min-w-0 rounded-lg border border-line px-4 py-3">
      <h3 className="text-xs font-medium text-ink-soft">{title}</h3>
      {blocks.length === 0 && <p className="mt-2 text-ink-soft">{empty}</p>}
      {blocks.map((block, index) => (
        <div key={index} className="mt-2">
          {block.type !== "paragraph" && <p className="text-xs text-ink-soft">{kindName(block.type)}</p>}
          <p className="break-words whitespace-pre-wrap">{plainBlock(block)}</p>
        </div>
      ))}
    </section>
  );
}
