import { useState } from "react";
import { invalidate } from "@/api/query";
import type { ImportSummary, Site } from "@/api/types";
import { count, number } from "@/lib/format";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { LanguageHint } from "./LanguageHint";
import { linesOf } from "./lines";
import { importText, MOST_LINES } from "./pasted";
import { RejectedDialog } from "./RejectedLines";
import { SectorSelect } from "./SectorSelect";

/** Adds a pasted list, one keyword to a line, or a pasted table. */
export function AddKeywords({ site, isOpen, onClose }: { site: Site; isOpen: boolean; onClose: () => void }) {
  const [outcome, setOutcome] = useState<ImportSummary>();
  // What was not taken stays, to be mended and sent again.
  const [left, setLeft] = useState("");
  const added = (summary: ImportSummary, rest: string) => {
    setOutcome(summary);
    setLeft(rest);
  };
  return (
    <>
      {isOpen && <PasteForm site={site} start={left} onClose={onClose} added={added} />}
      <RejectedDialog summary={outcome} isKept={left !== ""} onClose={() => setOutcome(undefined)} />
    </>
  );
}

function PasteForm({
  site,
  start,
  onClose,
  added,
}: {
  site: Site;
  /** What stands in it at first. */
  start: string;
  onClose: () => void;
  added: (summary: ImportSummary, left: string) => void;
}) {
  const [text, setText] = useState(start);
  const [sector, setSector] = useState("");
  const lines = linesOf(text);
  const submit = async () => {
    if (lines.length === 0) return;
    const place = { site_id: site.id, ...(sector && { sector_id: sector }) };
    const { summary, left } = await importText(place, text);
    invalidate("keywords");
    const { created, updated, duplicates } = summary;
    const newer = updated > 0 ? ` ${count(updated, "keyword")} got newer numbers.` : "";
    const known = duplicates > 0 ? ` ${count(duplicates, "keyword")} known already.` : "";
    told(`${count(created, "keyword")} added.${newer}${known}`);
    added(summary, left);
  };
  return (
    <FormModal title="Add keywords" action="Add" isOpen onClose={onClose} submit={submit} values={[lines, sector]}>
      {(errors) => (
        <>
          <TextField
            label="Keywords"
            rows={10}
            isRequired
            autoFocus
            placeholder={"brake pads\nwhen to change brake pads"}
            value={text}
            onChange={setText}
            error={
              errors.keywords ??
              (lines.length > MOST_LINES ? `At most ${number(MOST_LINES)} at once; import a file instead.` : undefined)
            }
            hint={lines.length > 0 ? `${count(lines.length, "keyword")}` : "One per line. Paste a list as it is."}
          />
          <LanguageHint site={site} keywords={lines} />
          <SectorSelect site={site} value={sector} onChange={setSector} />
        </>
      )}
    </FormModal>
  );
}
