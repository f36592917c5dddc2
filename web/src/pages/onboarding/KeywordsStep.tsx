import { useQuery } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { DropZone, FileTrigger, Text } from "react-aria-components";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import { ApiError, sentence } from "@/api/problem";
import { invalidate } from "@/api/query";
import type { Site } from "@/api/types";
import { cx } from "@/lib/cx";
import { count, number } from "@/lib/format";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { type Imported, importFile, importText } from "./imported";
import { linesOf } from "./pasted";
import { StepActions, type StepProps } from "./StepActions";

const MOST_LINES = 2000;

export function KeywordsStep({ site, go, back }: StepProps & { site: Site }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState<"text" | "file">();
  const [answer, setAnswer] = useState<Imported>();
  const [error, setError] = useState<unknown>();
  const there = useQuery({
    queryKey: ["keywords", "count", site.id, "all"],
    queryFn: async () => {
      const query = { site_id: site.id, limit: 1, count: true };
      return (await call(api.GET("/api/planner/keywords", { params: { query } }))).total ?? 0;
    },
  }).data;
  const lines = linesOf(text).length;

  const run = async (kind: "text" | "file", work: () => Promise<Imported>) => {
    setBusy(kind);
    setError(undefined);
    setAnswer(undefined);
    try {
      const done = await work();
      setAnswer(done);
      if (kind === "text") setText(done.left);
      invalidate("keywords");
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(undefined);
    }
  };
  const take = (file: File | undefined) => {
    if (file && !busy) void run("file", () => importFile(site.id, file));
  };
  return (
    <>
      <p className="mt-1 text-ink-soft">
        What people type into a search engine to find a site like {site.name}. A dozen is a start, thousands are fine.
      </p>
      <div className="mt-5 flex flex-col gap-3">
        <TextField
          label="Paste keywords, one per line"
          placeholder={"brake pads\nwhen to change brake pads"}
          rows={6}
          value={text}
          onChange={setText}
          error={
            lines > MOST_LINES ? `At most ${number(MOST_LINES)} lines at once; this has ${number(lines)}.` : undefined
          }
        />
        <div>
          <Button
            look={there ? "plain" : "primary"}
            busy={busy === "text"}
            isDisabled={lines === 0 || lines > MOST_LINES || busy === "file"}
            onPress={() => void run("text", () => importText(site.id, text))}
          >
            {lines > 0 ? `Add ${count(lines, "line")}` : "Add"}
          </Button>
        </div>
      </div>
      <p className="my-4 flex items-center gap-3 text-[13px] text-ink-soft">
        <span className="h-px flex-1 bg-line" /> or <span className="h-px flex-1 bg-line" />
      </p>
      <Drop busy={busy === "file"} take={take} />
      <div aria-live="polite">
        {answer && <Answer answer={answer} />}
        {error !== undefined && <Failure error={error} />}
      </div>
      <p className="mt-4 min-h-5 text-ink-soft">{there ? `${site.name} has ${count(there, "keyword")} now.` : ""}</p>
      <StepActions back={back}>
        {there ? (
          <Button look="primary" onPress={() => go("done")}>
            Continue
          </Button>
        ) : (
          <Button onPress={() => go("done")}>Skip for now</Button>
        )}
      </StepActions>
    </>
  );
}

function Drop({ busy, take }: { busy: boolean; take: (file: File | undefined) => void }) {
  return (
    <DropZone
      getDropOperation={() => "copy"}
      onDrop={(event) => {
        const item = event.items.find((one) => one.kind === "file");
        if (item?.kind === "file") void item.getFile().then(take);
      }}
      className="flex flex-col items-center gap-2 rounded-xl border border-dashed border-line-strong px-4 py-6 text-center data-[drop-target]:border-brand data-[drop-target]:bg-brand-soft"
    >
      <Text slot="label">Drop an exported file here</Text>
      <p className="max-w-sm text-[13px] text-ink-soft">
        From Ahrefs, Semrush, Google Keyword Planner or Search Console, or any CSV with a keyword column.
      </p>
      <FileTrigger acceptedFileTypes={[".csv", ".tsv", ".txt"]} onSelect={(files) => take(files?.[0])}>
        <Button icon={FileUp} busy={busy}>
          Choose a file
        </Button>
      </FileTrigger>
    </DropZone>
  );
}

function Answer({ answer }: { answer: Imported }) {
  const { created, updated, duplicates, rejected, rejectedCount, notes, left } = answer;
  const parts = [`${count(created, "keyword")} added`];
  if (updated > 0) parts.push(`${number(updated)} updated`);
  if (duplicates > 0) parts.push(`${number(duplicates)} known already`);
  return (
    <div
      className={cx(
        "mt-4 rounded-lg px-4 py-3",
        rejectedCount > 0 ? "bg-warn-soft text-warn" : "bg-good-soft text-good",
      )}
    >
      <p className="font-medium">{parts.join(", ")}.</p>
      {notes.map((note) => (
        <p key={note} className="mt-1 text-[13px]">
          {note}
        </p>
      ))}
      {rejectedCount > 0 && (
        <div className="mt-2 rounded-md bg-card px-3 py-2 text-ink">
          <p className="font-medium text-bad">
            {count(rejectedCount, "line")} {rejectedCount === 1 ? "was" : "were"} not taken
            {left ? `. You can mend and add ${rejectedCount === 1 ? "it" : "them"} above:` : ":"}
          </p>
          <ul className="mt-1 max-h-40 overflow-y-auto text-[13px]">
            {rejected.map((one) => (
              <li key={one.line}>
                <span className="text-ink-soft">Line {number(one.line)}:</span> {one.message}
              </li>
            ))}
          </ul>
          {rejectedCount > rejected.length && (
            <p className="mt-1 text-[13px] text-ink-soft">And {number(rejectedCount - rejected.length)} more.</p>
          )}
        </div>
      )}
    </div>
  );
}

function Failure({ error }: { error: unknown }) {
  const isLarge = error instanceof ApiError && error.status === 413;
  return (
    <p role="alert" className="mt-4 rounded-lg bg-bad-soft px-4 py-3 text-bad">
      {isLarge ? (
        <>
          This file is too large for the setup: at most 1 MB and {number(MOST_LINES)} lines.{" "}
          <Link to="/planner/keywords?import=1" className="font-medium underline">
            Import it on the Keywords page
          </Link>
          ; large files are read in the background there.
        </>
      ) : (
        sentence(error)
      )}
    </p>
  );
}
