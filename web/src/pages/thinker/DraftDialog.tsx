/** A wish in plain words becomes something to edit. Nothing is saved by itself. */
import { Sparkles } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { DraftRequest } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { spend } from "@/ui/spend";
import { told } from "@/ui/ToastNotifications";
import { isOver, useTrial } from "./resources";

const WORDS = {
  prompt: {
    title: "Draft a prompt",
    hint: "What should be different: “Shorter sentences, and a table in each article.”",
  },
  persona: {
    title: "Draft an author",
    hint: "Who writes: “A patient mechanic who explains with everyday comparisons.”",
  },
  strategy: {
    title: "Draft a strategy",
    hint: "How such texts should be: “Guides of 1,500 words with questions at the end.”",
  },
};

export function DraftDialog({
  kind,
  prompt,
  entityType,
  close,
  take,
}: {
  kind: DraftRequest["kind"];
  prompt?: string;
  entityType?: string;
  close: () => void;
  take: (draft: Record<string, unknown>) => void;
}) {
  const [wish, setWish] = useState("");
  const [job, setJob] = useState<string>();
  const trial = useTrial(job).data;
  const isWaiting = job !== undefined && !(trial && isOver(trial));
  const draft = trial?.draft as Record<string, unknown> | undefined;
  const taken = useRef(false);
  useEffect(() => {
    if (!draft || taken.current) return;
    taken.current = true;
    take(draft);
    told("The draft is there. Look it over, then save it.");
    close();
  }, [draft, take, close]);
  const body: DraftRequest = { kind, wish: wish.trim(), prompt: prompt ?? null, entity_type: entityType ?? null };
  const start = () =>
    spend({
      title: WORDS[kind].title,
      what: "The AI turns your wish into a draft. You edit it before it counts.",
      noun: "draft",
      order: { path: "/api/thinker/draft", body },
      onStarted: setJob,
    });
  return (
    <Dialog
      title={WORDS[kind].title}
      isOpen
      onClose={close}
      footer={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button look="primary" icon={Sparkles} busy={isWaiting} isDisabled={wish.trim().length < 5} onPress={start}>
            Draft
          </Button>
        </>
      }
    >
      <TextField
        label="Your wish"
        rows={4}
        autoFocus
        maxLength={1000}
        value={wish}
        onChange={setWish}
        hint={WORDS[kind].hint}
      />
      {trial && isOver(trial) && !draft && (
        <p role="alert" className="mt-3 text-bad">
          There is no draft. The job says why; nothing was charged.
        </p>
      )}
    </Dialog>
  );
}
