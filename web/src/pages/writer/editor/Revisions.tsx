/** The revisions of a content: what changed in each, and the way back to any of them. */
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { useList, useMe } from "@/api/query";
import type { ContentView, Revision } from "@/api/types";
import { count, moments, money, number } from "@/lib/format";
import { useMembers } from "@/pages/settings/resources";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { ErrorState, Skeleton } from "@/ui/states";
import { DiffView } from "./DiffView";
import { useRevision } from "./useContent";

export function Revisions({
  content,
  readOnly,
  restore,
}: {
  content: ContentView;
  readOnly: boolean;
  /** Asks, and restores. */
  restore: (revision: number) => Promise<void>;
}) {
  const [open, setOpen] = useState<number>();
  const list = useList<Revision>("content", ["revisions", content.id], (cursor) =>
    call(
      api.GET("/api/writer/content/{id}/revisions", {
        params: { path: { id: content.id }, query: { limit: 20, cursor, count: true } },
      }),
    ),
  );
  const who = useNames();
  const times = moments(list.rows.map((revision) => revision.created_at));
  return (
    <section aria-labelledby="revisions-heading" className="card px-5 py-4">
      <h2 id="revisions-heading">
        Revisions{list.total !== undefined && <span className="font-normal text-ink-soft"> {number(list.total)}</span>}
      </h2>
      {list.error !== null && list.rows.length === 0 && <ErrorState error={list.error} again={list.again} />}
      {list.loading && <Skeleton className="mt-3 h-20 w-full" />}
      <ol className="-mx-2 mt-2 flex flex-col">
        {list.rows.map((revision, at) => (
          <li key={revision.number}>
            <button
              type="button"
              className="flex w-full cursor-pointer items-baseline justify-between gap-3 rounded-lg px-2 py-1.5 text-left hover:bg-sunk"
              onClick={() => setOpen(revision.number)}
            >
              <span className="min-w-0">
                <span className="font-medium">Revision {revision.number}</span>
                {revision.number === content.revision && <span className="text-ink-soft"> (newest)</span>}
                <span className="block text-xs text-ink-soft">
                  {[revision.note, who(revision)].filter(Boolean).join(" by ")}
                  <span className="block tabular-nums">
                    {times[at]} · {count(revision.word_count, "word")}
                    {change(revision, list.rows[at + 1])}
                  </span>
                </span>
              </span>
              <span className="shrink-0 text-[13px] text-brand">View</span>
            </button>
          </li>
        ))}
      </ol>
      {list.hasMore && (
        <Button size="sm" look="quiet" onPress={list.more}>
          Older revisions
        </Button>
      )}
      {open !== undefined && (
        <RevisionDialog
          content={content}
          number={open}
          close={() => setOpen(undefined)}
          restore={readOnly || open === content.revision ? undefined : () => restore(open)}
        />
      )}
    </section>
  );
}

/** Who made a revision; nothing for what no person made, and while it is not known. */
function useNames(): (revision: Revision) => string | undefined {
  const me = useMe().data?.user?.id;
  const members = useMembers();
  return ({ created_by }) => {
    if (!created_by) return undefined;
    if (created_by === me) return "you";
    const member = members.rows.find((one) => one.id === created_by);
    if (member) return member.display_name || member.email;
    return members.total === members.rows.length ? "someone who left" : undefined;
  };
}

/** How many words came or went since the revision before. */
function change(revision: Revision, before: Revision | undefined): string {
  const words = before ? revision.word_count - before.word_count : 0;
  if (words === 0) return "";
  return words > 0 ? `, ${number(words)} more` : `, ${number(-words)} fewer`;
}

/** The model's part in a revision: who wrote it, what that took, and the addresses that it made up. */
function Provenance({ revision }: { revision: Revision }) {
  const of = revision.provenance;
  if (!of) return null;
  const dropped = of.dropped_links ?? [];
  const parts = [
    `Written by ${of.model}`,
    revision.prompt_version ? `with version ${revision.prompt_version} of your prompt` : "",
    `${number(of.tokens_in)} tokens read, ${number(of.tokens_out)} written`,
    of.cost_microcents > 0 ? money(of.cost_microcents / 1_000_000, 4) : "",
  ];
  return (
    <div className="mb-4 rounded-lg bg-sunk px-4 py-2 text-[13px] break-words text-ink-soft">
      <p>{parts.filter(Boolean).join(" · ")}</p>
      {dropped.length > 0 && <p>Addresses that it made up, left out of the text: {dropped.join(", ")}</p>}
    </div>
  );
}

function RevisionDialog({
  content,
  number: at,
  close,
  restore,
}: {
  content: ContentView;
  number: number;
  close: () => void;
  restore?: () => Promise<void>;
}) {
  const isNewest = at === content.revision;
  const [against, setAgainst] = useState<"before" | "newest">(isNewest ? "before" : "newest");
  const revision = useRevision(content.id, at);
  const other = useRevision(content.id, against === "before" ? (at > 1 ? at - 1 : undefined) : content.revision);
  const options = [
    ...(at > 1 ? [{ id: "before", name: `Changes from revision ${at - 1}` }] : []),
    ...(isNewest ? [] : [{ id: "newest", name: `Changes up to the newest, revision ${content.revision}` }]),
  ];
  const error = revision.error ?? other.error;
  const pair = against === "before" ? ([other, revision] as const) : ([revision, other] as const);
  const [before, after] = [pair[0].data, pair[1].data];
  return (
    <Dialog
      title={`Revision ${at}`}
      isOpen
      width="lg"
      onClose={close}
      footer={
        <>
          <Button onPress={close}>Close</Button>
          {restore && (
            <Button
              look="primary"
              icon={RotateCcw}
              onPress={() => {
                close();
                void restore();
              }}
            >
              Restore revision {at}
            </Button>
          )}
        </>
      }
    >
      {revision.data && <Provenance revision={revision.data} />}
      {options.length > 0 && (
        <Select
          label="Compare"
          className="mb-4 sm:max-w-sm"
          options={options}
          value={against}
          onChange={(value) => setAgainst(value === "before" ? "before" : "newest")}
        />
      )}
      {error ? (
        <ErrorState error={error} again={() => void Promise.all([revision.refetch(), other.refetch()])} />
      ) : options.length === 0 ? (
        <p className="py-6 text-center text-ink-soft">
          This is the first revision; there is nothing to compare it with.
        </p>
      ) : before && after ? (
        <DiffView before={before} after={after} />
      ) : (
        <Skeleton className="h-40 w-full" />
      )}
    </Dialog>
  );
}
