import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Site } from "@/api/types";
import { count } from "@/lib/format";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { linesOf } from "./lines";
import { RejectedDialog, type RejectedLine } from "./RejectedLines";
import { SectorSelect } from "./SectorSelect";

const MOST = 2000;

/** Adds a pasted list, one keyword to a line. */
export function AddKeywords({ site, isOpen, onClose }: { site: Site; isOpen: boolean; onClose: () => void }) {
  const [text, setText] = useState("");
  const [sector, setSector] = useState("");
  const [rejected, setRejected] = useState<RejectedLine[]>([]);
  const lines = linesOf(text);
  const submit = async () => {
    if (lines.length === 0) return;
    const keywords = lines.map((keyword) => ({ keyword }));
    const body = { site_id: site.id, sector_id: sector || undefined, keywords };
    const added = await call(api.POST("/api/planner/keywords", { body }));
    invalidate("keywords");
    const known = added.duplicates > 0 ? ` ${count(added.duplicates, "keyword")} known already.` : "";
    told(`${count(added.created, "keyword")} added.${known}`);
    setRejected(
      added.rejected.map(({ index, message }) => ({ line: index + 1, message: `${lines[index] ?? ""}: ${message}` })),
    );
    // What was not taken stays, to be mended and sent again.
    setText(added.rejected.map(({ index }) => lines[index] ?? "").join("\n"));
  };
  return (
    <>
      <FormModal title="Add keywords" action="Add" isOpen={isOpen} onClose={onClose} submit={submit}>
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
                errors.keywords ?? (lines.length > MOST ? `At most ${MOST} at once; import a file instead.` : undefined)
              }
              hint={lines.length > 0 ? `${count(lines.length, "keyword")}` : "One per line. Paste a list as it is."}
            />
            <SectorSelect site={site} value={sector} onChange={setSector} />
          </>
        )}
      </FormModal>
      <RejectedDialog rejected={rejected} onClose={() => setRejected([])} />
    </>
  );
}
