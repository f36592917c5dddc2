import { useQuery } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { ImportSummary, Site } from "@/api/types";
import { count, number } from "@/lib/format";
import { ImportDialog } from "@/pages/planner/ImportDialog";
import { ImportOutcome } from "@/pages/planner/ImportOutcome";
import { LanguageHint } from "@/pages/planner/LanguageHint";
import { linesOf } from "@/pages/planner/lines";
import { importText, MOST_LINES } from "@/pages/planner/pasted";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { InlineForm } from "@/ui/InlineForm";
import { StepActions, type StepProps } from "./StepActions";

export function KeywordsStep({ site, go, back }: StepProps & { site: Site }) {
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<ImportSummary>();
  const [importing, setImporting] = useState(false);
  const there = useQuery({
    queryKey: ["keywords", "count", site.id, "all"],
    queryFn: async () => {
      const query = { site_id: site.id, limit: 1, count: true };
      return (await call(api.GET("/api/planner/keywords", { params: { query } }))).total ?? 0;
    },
  }).data;
  const pasted = linesOf(text);
  const lines = pasted.length;

  const add = async () => {
    setOutcome(undefined);
    const { summary, left } = await importText({ site_id: site.id }, text);
    setOutcome(summary);
    setText(left);
    invalidate("keywords");
  };
  return (
    <>
      <p className="mt-1 text-ink-soft">
        What people type into a search engine to find a site like {site.name}. A dozen is a start, thousands are fine.
      </p>
      <div className="mt-5">
        <InlineForm
          action={lines > 0 ? `Add ${count(lines, "line")}` : "Add"}
          changed={lines > 0 && lines <= MOST_LINES}
          submit={add}
          back={
            <Button icon={FileUp} onPress={() => setImporting(true)}>
              Import a file
            </Button>
          }
        >
          {(errors) => (
            <>
              <TextField
                label="Paste keywords, one per line"
                placeholder={"brake pads\nwhen to change brake pads"}
                rows={6}
                value={text}
                onChange={setText}
                error={
                  errors.keywords ??
                  (lines > MOST_LINES
                    ? `At most ${number(MOST_LINES)} lines at once; this has ${number(lines)}.`
                    : undefined)
                }
                hint="Or import a file: an export of Ahrefs, Semrush, Keyword Planner or Search Console, or any table."
              />
              <LanguageHint site={site} keywords={pasted} />
            </>
          )}
        </InlineForm>
      </div>
      {outcome && (
        <div className="mt-4">
          <ImportOutcome summary={outcome} />
        </div>
      )}
      <ImportDialog site={site} isOpen={importing} onClose={() => setImporting(false)} />
      <p className="mt-4 min-h-5 text-ink-soft">{there ? `${site.name} has ${count(there, "keyword")} now.` : ""}</p>
      <StepActions back={back}>
        {there ? (
          <Button look="primary" onPress={() => go("done")}>
            {lines > 0 ? `Continue without ${lines === 1 ? "this line" : "these lines"}` : "Continue"}
          </Button>
        ) : (
          <Button onPress={() => go("done")}>{lines > 0 ? "Skip without adding them" : "Skip for now"}</Button>
        )}
      </StepActions>
    </>
  );
}
