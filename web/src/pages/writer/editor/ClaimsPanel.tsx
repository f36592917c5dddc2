/** The figures and quotations of a content, and which source supports each. */
import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Claim, ContentView } from "@/api/types";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Section } from "@/ui/Section";
import { ErrorState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { useClaims } from "../sources/data";
import { SourcePicker } from "../sources/SourcePicker";

export function ClaimsPanel({
  content,
  dirty,
  readOnly,
  goTo,
  changed,
}: {
  content: ContentView;
  dirty: boolean;
  readOnly: boolean;
  goTo: (block: number) => void;
  /** The content as it is after its sources have changed. */
  changed: (content: ContentView) => void;
}) {
  const found = useClaims(content.id, content.version);
  const kept = content.source_ids ?? [];
  const [chosen, choose] = useState(kept);
  const [busy, setBusy] = useState(false);
  const isChanged = chosen.join() !== kept.join();
  const save = async () => {
    setBusy(true);
    try {
      const params = { path: { id: content.id } };
      const body = { source_ids: chosen };
      const headers = ifMatch(content.version);
      changed((await call(api.PATCH("/api/writer/content/{id}", { params, body, headers }))) as ContentView);
      told("The sources are saved.");
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
      invalidate("content");
    }
  };
  const claims = found.data?.claims ?? [];
  const titles = new Map(found.data?.sources.map((source) => [source.id, source.title]));
  return (
    <Section
      title="Figures and quotations"
      intro={
        found.data
          ? claims.length === 0
            ? "None in the text."
            : `${count(claims.length, "claim")}, ${found.data.unsupported} without a source${dirty ? ", as saved last" : ""}.`
          : "\u00a0"
      }
    >
      <div className="flex flex-col gap-3">
        {found.error && !found.data ? (
          <ErrorState error={found.error} again={() => void found.refetch()} />
        ) : !found.data ? (
          <Skeleton className="h-16" />
        ) : (
          claims.length > 0 && (
            <ul className="flex max-h-96 flex-col gap-2 overflow-auto">
              {claims.map((claim) => (
                <Line
                  key={`${claim.block} ${claim.start} ${claim.end}`}
                  claim={claim}
                  source={claim.support ? titles.get(claim.support.source) : undefined}
                  goTo={goTo}
                />
              ))}
            </ul>
          )
        )}
        <SourcePicker
          site={content.site_id}
          value={chosen}
          onChange={choose}
          isDisabled={readOnly || busy}
          empty={
            <p className="text-[13px] text-ink-soft">
              This site has no sources yet.{" "}
              {!readOnly && (
                <Link to="/writer/sources" className="text-brand underline">
                  Add a source
                </Link>
              )}
            </p>
          }
        />
        {isChanged && !readOnly && (
          <Button busy={busy} isDisabled={dirty} onPress={() => void save()}>
            {dirty ? "Save the text first" : "Compare with these"}
          </Button>
        )}
      </div>
    </Section>
  );
}

function Line({ claim, source, goTo }: { claim: Claim; source?: string; goTo: (block: number) => void }) {
  const support = claim.support;
  return (
    <li className="flex items-start gap-2">
      {support ? (
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-label="Supported" />
      ) : (
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-label="No source" />
      )}
      <div className="min-w-0">
        <button
          type="button"
          className="cursor-pointer text-left font-medium break-words underline decoration-line-strong underline-offset-2"
          onClick={() => goTo(claim.block)}
        >
          {claim.kind === "quotation" ? `“${claim.text}”` : claim.text}
        </button>
        <p className="text-[13px] break-words text-ink-soft">
          {support ? `${source ?? "A source"}: “${support.text}”` : `No source. ${claim.sentence}`}
        </p>
      </div>
    </li>
  );
}
