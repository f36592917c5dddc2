import { useState } from "react";
import { sentence } from "@/api/problem";
import { invalidate } from "@/api/query";
import { useJob } from "@/api/resources";
import type { Site } from "@/api/types";
import { count, words } from "@/lib/format";
import { isOpen as isRunning } from "@/lib/jobs";
import { AIStatusBar } from "@/ui/AIStatusBar";
import { Button, LinkButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorState, Skeleton } from "@/ui/states";
import { FileDrop } from "./FileDrop";
import { FilePreview } from "./FilePreview";
import { ImportOutcome } from "./ImportOutcome";
import { type Preview, previewOf } from "./importPreview";
import { MOST_BYTES, type Sent, sendFile, summaryOf } from "./importSend";
import { LanguageHint } from "./LanguageHint";
import { SectorSelect } from "./SectorSelect";

type Chosen = { file: File; preview: Preview };

/** From a file to keywords: choose, look, send, and see what came of it. */
export function ImportDialog({ site, isOpen, onClose }: { site: Site; isOpen: boolean; onClose: () => void }) {
  const [chosen, setChosen] = useState<Chosen>();
  const [sector, setSector] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [sent, setSent] = useState<Sent>();

  const again = () => {
    setChosen(undefined);
    setSent(undefined);
    setError(undefined);
  };
  const close = () => {
    again();
    onClose();
  };
  const choose = async (file: File) => {
    again();
    if (file.size > MOST_BYTES) {
      setError("This file is larger than 16 MB. Split it and import the parts one by one.");
      return;
    }
    try {
      setChosen({ file, preview: previewOf(new Uint8Array(await file.arrayBuffer())) });
    } catch {
      setError("This file could not be read. Choose it again, or another one.");
    }
  };
  const send = async () => {
    if (!chosen) return;
    setBusy(true);
    setError(undefined);
    try {
      const place = { site_id: site.id, ...(sector && { sector_id: sector }) };
      setSent(await sendFile(chosen.file, place, chosen.preview.lines));
      invalidate("keywords", "jobs");
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  const bad = chosen?.preview.problem;
  return (
    <Dialog
      title={`Import keywords into ${site.name}`}
      isOpen={isOpen}
      onClose={close}
      locked={busy}
      width="lg"
      footer={
        sent ? (
          <>
            <Button onPress={again}>Import another file</Button>
            <Button look="primary" onPress={close}>
              Done
            </Button>
          </>
        ) : (
          <>
            <Button onPress={close} isDisabled={busy}>
              Cancel
            </Button>
            {chosen && (
              <Button look="primary" busy={busy} isDisabled={Boolean(bad)} onPress={() => void send()}>
                {busy ? "Sending the file" : "Import"}
              </Button>
            )}
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {sent ? (
          "summary" in sent ? (
            <ImportOutcome summary={sent.summary} />
          ) : (
            <Running job={sent.job} close={close} />
          )
        ) : (
          <>
            <FileDrop name={chosen?.file.name} isDisabled={busy} choose={(file) => void choose(file)} />
            {chosen && <FilePreview file={chosen.file} preview={chosen.preview} />}
            {chosen && <LanguageHint key={chosen.file.name} site={site} keywords={chosen.preview.keywords} />}
            {chosen && !bad && <SectorSelect site={site} value={sector} onChange={setSector} />}
            {error !== undefined && (
              <p role="alert" className="text-bad">
                {typeof error === "string" ? error : sentence(error)}
              </p>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

/** A large file is read by a job: how far it is, then what came of it. */
function Running({ job: id, close }: { job: string; close: () => void }) {
  const query = useJob(id);
  const job = query.data;
  if (query.error && !job) return <ErrorState error={query.error} again={() => void query.refetch()} />;
  if (!job) return <Skeleton className="h-24" />;
  if (isRunning(job)) {
    return (
      <div role="status" className="flex flex-col gap-3">
        <p>
          The file is large, so it is read in {count(job.total, "part")} in the background. You can close this window;
          the work goes on, and Jobs shows how far it is.
        </p>
        <AIStatusBar job={job} />
      </div>
    );
  }
  const { failed, cancelled } = job.progress;
  return (
    <>
      {job.status !== "succeeded" && (
        <p role="alert" className="text-bad">
          {words(job.status)}: {count(failed + cancelled, "part")} of {job.total} could not be imported. {job.error}{" "}
          <LinkButton size="sm" to={`/jobs/${job.id}`} onClick={close}>
            See why
          </LinkButton>
        </p>
      )}
      <ImportOutcome summary={summaryOf(job)} />
    </>
  );
}
