/** Where the content stands: its editorial state, its next step, and its public address. */
import { ExternalLink, Globe } from "lucide-react";
import type { ContentStatus, ContentView, Site } from "@/api/types";
import { ago, number } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { behind, HOSTED } from "../publish";
import { isApproved } from "../review";

type Step = { to: ContentStatus; label: string };

/** What the state may become by hand, the next step first; publishing sets published. */
function stepsFrom(status: ContentStatus, wantsReview: boolean, isPublic: boolean): Step[] {
  const toReview: Step = { to: "review", label: "Send to review" };
  const approve: Step = { to: "approved", label: "Approve" };
  const back: Step = { to: "draft", label: "Back to draft" };
  // What visitors read cannot be put away.
  const away: Step[] = isPublic ? [] : [{ to: "archived", label: "Put away" }];
  if (status === "draft") return [toReview, ...(wantsReview ? [] : [approve]), ...away];
  if (status === "review") return [approve, back, ...away];
  if (status === "approved") return [back, ...away];
  if (status === "archived") return [back];
  return [];
}

const MEANINGS: Record<ContentStatus, string> = {
  draft: "Being written.",
  review: "Waiting for someone to approve it.",
  approved: "Ready to be published.",
  published: "Visitors can read it.",
  archived: "Put away; nothing publishes it.",
};

export function StatusPanel({
  content,
  site,
  wantsReview,
  words,
  readOnly,
  busy,
  publishing,
  dirty,
  move,
  publish,
}: {
  content: ContentView;
  site: Site | undefined;
  wantsReview: boolean;
  words: number;
  readOnly: boolean;
  busy: boolean;
  /** A job brings it to its place just now. */
  publishing: boolean;
  dirty: boolean;
  move: (to: ContentStatus) => void;
  publish: () => void;
}) {
  const { status } = content;
  const place = content.destinations[HOSTED];
  const away = status === "archived";
  const waits = away || (wantsReview && !isApproved(content));
  // What comes next is the first button: a review that the site or a person asked for, else publishing.
  const isStep = waits || status === "review";
  const steps = stepsFrom(status, wantsReview, place !== undefined).map((step, at) => (
    <Button
      key={step.to}
      look={isStep && at === 0 ? "primary" : "plain"}
      isDisabled={busy}
      onPress={() => move(step.to)}
    >
      {step.label}
    </Button>
  ));
  const first =
    site?.settings?.review === "first_n" ? `its first ${site.settings.review_first} articles` : "its articles";
  const old = behind(content);
  return (
    <section aria-labelledby="status-heading" className="card flex flex-col gap-3 px-5 py-4">
      <div className="flex items-center justify-between gap-2">
        <h2 id="status-heading">Status</h2>
        <StatusBadge status={status} />
      </div>
      <p className="text-ink-soft">
        {MEANINGS[status]} {number(words)} words.
      </p>
      {place && (
        <div className="rounded-lg bg-sunk px-3 py-2">
          <a
            href={place.url}
            target="_blank"
            rel="noreferrer"
            className="flex items-center gap-1.5 break-all text-brand hover:underline"
          >
            {place.url}
            <ExternalLink className="size-3.5 shrink-0" aria-label="Opens in a new tab" />
          </a>
          <p className="mt-0.5 text-xs text-ink-soft">
            Revision {place.revision}, first published {ago(place.published_at)}.{old && ` ${old}`}
            {place.slug !== content.slug &&
              ` Published again it moves to /${content.slug}, and the old address leads there.`}
          </p>
        </div>
      )}
      {!readOnly && (
        <div className="flex flex-wrap gap-2">
          {isStep && steps}
          <Button
            look={isStep ? "plain" : "primary"}
            icon={Globe}
            busy={publishing}
            isDisabled={waits || busy}
            onPress={publish}
          >
            {publishing ? "Publishing" : `${dirty ? "Save and publish" : place ? "Publish again" : "Publish"}`}
          </Button>
          {!isStep && steps}
        </div>
      )}
      {waits && !away && !readOnly && (
        <p className="text-[13px] text-ink-soft">This site reviews {first}: approve this one before you publish it.</p>
      )}
    </section>
  );
}
