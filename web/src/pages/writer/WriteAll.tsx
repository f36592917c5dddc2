/** Writes all tasks of a site that wait, up to a limit of credits. */
import { Sparkles } from "lucide-react";
import { useState } from "react";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { NumberField } from "@/ui/Field";
import { spend } from "@/ui/spend";
import { useTaskList } from "./useTasks";

/** What an article costs; a limit below it allows nothing. */
export const ARTICLE_PRICE = 3;

export function WriteAll({ site, name }: { site: string; name: string }) {
  const [asking, setAsking] = useState(false);
  const { total } = useTaskList(site, { status: "queued" }, 1);
  return (
    <>
      <Button icon={Sparkles} isDisabled={total === 0} onPress={() => setAsking(true)}>
        Write all queued
      </Button>
      {asking && <Ask site={site} name={name} close={() => setAsking(false)} />}
    </>
  );
}

function Ask({ site, name, close }: { site: string; name: string; close: () => void }) {
  const [most, setMost] = useState(Number.NaN);
  const limited = !Number.isNaN(most);
  const go = () => {
    // The question of the cost takes this window's place.
    close();
    spend({
      title: "Write all queued tasks",
      what: limited
        ? `Writes queued tasks of ${name} as drafts, the oldest first, for at most ${count(most, "credit")}. The rest stay queued.`
        : `Writes every queued task of ${name} as a draft that you can edit, the oldest first.`,
      noun: "article",
      order: {
        path: "/api/writer/generate",
        body: { site_id: site, all_queued: true, ...(limited && { max_credits: most }) },
      },
    });
  };
  return (
    <Dialog
      title="Write all queued tasks"
      isOpen
      width="sm"
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
      <NumberField
        label="Credits to spend at most"
        value={most}
        onChange={setMost}
        minValue={ARTICLE_PRICE}
        hint="Leave it empty for no limit. Tasks beyond it are not begun."
      />
    </Dialog>
  );
}
