/** Somebody saved a newer version while this one was edited: look at both, then choose. */
import { useState } from "react";
import type { ContentView } from "@/api/types";
import { ago } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { DiffView, type Text } from "./DiffView";

export function Conflict({
  theirs,
  mine,
  close,
  load,
  overwrite,
}: {
  theirs: ContentView;
  mine: Text;
  close: () => void;
  /** Takes the newer version; what was changed here is lost. */
  load: () => void;
  /** Saves what is here over it; the newer version stays as a revision. */
  overwrite: () => Promise<void>;
}) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title="There is a newer version"
      isOpen
      alert
      width="lg"
      onClose={close}
      footer={
        <>
          <Button onPress={close}>Go on editing</Button>
          <Button look="danger" onPress={load}>
            Load the newer one
          </Button>
          <Button
            look="primary"
            busy={busy}
            onPress={() => {
              setBusy(true);
              void overwrite().finally(() => setBusy(false));
            }}
          >
            Save mine over it
          </Button>
        </>
      }
    >
      <p className="mb-4">
        This was changed {ago(theirs.updated_at)}, after you opened it. Saving yours keeps theirs among the revisions;
        loading theirs loses your changes. Below is what yours would change in theirs.
      </p>
      <DiffView before={theirs} after={mine} />
    </Dialog>
  );
}
