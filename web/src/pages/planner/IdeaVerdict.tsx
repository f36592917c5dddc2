/** What the gate says of an idea that would compete with something of the site. It warns; a person decides. */
import { Link } from "react-router";
import type { Idea } from "@/api/types";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";

type Verdict = NonNullable<Idea["verdict"]>;

const ADVICE: Record<Verdict["judgement"], string> = {
  merge: "Merge",
  refresh: "Refresh instead",
  reject: "Duplicate",
};

const KIND: Record<Verdict["rival"]["kind"], string> = {
  page: "the page",
  draft: "the draft",
  task: "the task",
  idea: "the idea",
};

const WHY: Record<Verdict["why"], string> = {
  same_title: "It has the same title as",
  same_need: "It asks for nearly the same as",
  same_keyword: "It has the same keyword and intent as",
};

const TODO: Record<Verdict["judgement"], string> = {
  merge: "One article for both would rank better than two.",
  refresh: "Improving that one would rank better than a second article.",
  reject: "A second one would only compete with it.",
};

/** The verdict that still counts: nobody has overruled it, and the idea may still become a task. */
export function warningOf(idea: Idea): Verdict | undefined {
  const isOpen = idea.status === "new" || idea.status === "accepted";
  return isOpen && idea.verdict && !idea.verdict.overruled ? idea.verdict : undefined;
}

/** A content is there already: what can be merged into it are keywords, and then it is written anew. */
export const isWritten = ({ rival }: Verdict) => rival.kind === "page" || rival.kind === "draft";

/** What merging an idea into its rival is called. */
export const mergeName = (verdict: Verdict) =>
  isWritten(verdict) ? `Refresh ${KIND[verdict.rival.kind]} instead` : `Merge into ${KIND[verdict.rival.kind]}`;

/** One sentence: why, and with what. */
export function reasonOf({ why, rival }: Verdict): string {
  return `${WHY[why]} ${KIND[rival.kind]} “${rival.title}”.`;
}

export function pathOf({ kind, id }: Verdict["rival"]): string {
  if (kind === "idea") return `/planner/ideas?open=${id}`;
  if (kind === "task") return `/writer/tasks?task=${id}`;
  return `/writer/content/${id}`;
}

export function VerdictBadge({ idea }: { idea: Idea }) {
  const verdict = warningOf(idea);
  return verdict ? <Badge tone="warn">{ADVICE[verdict.judgement]}</Badge> : null;
}

/** The whole of it, with the way to the rival, and with what can be done about it at one press. */
export function VerdictNote({
  idea,
  merge,
  unmerge,
}: {
  idea: Idea;
  /** Where one may: merges it, or takes that back. */
  merge?: () => void;
  unmerge?: () => void;
}) {
  const { verdict, merged_into: merged } = idea;
  const box = "flex flex-col items-start gap-2 rounded-lg bg-warn-soft px-3 py-2 text-[13px] break-words";
  if (merged) {
    return (
      <div className={box}>
        <p>
          It was merged into {KIND[merged.rival.kind]} <RivalLink rival={merged.rival} />, which has its keywords
          {merged.rival.kind === "idea" || merged.rival.kind === "task" ? " and its outline" : ""} now.
        </p>
        {unmerge && (
          <Button size="sm" onPress={unmerge}>
            Take the merge back
          </Button>
        )}
      </div>
    );
  }
  if (!verdict) return null;
  const { why, rival, judgement, overruled } = verdict;
  return (
    <div className={box}>
      <p>
        {WHY[why]} {KIND[rival.kind]} <RivalLink rival={rival} />.{" "}
        {overruled ? "You decided to write it all the same." : TODO[judgement]}
      </p>
      {merge && warningOf(idea) && (
        <Button size="sm" onPress={merge}>
          {mergeName(verdict)}
        </Button>
      )}
    </div>
  );
}

function RivalLink({ rival }: { rival: Verdict["rival"] }) {
  return (
    <Link className="font-medium underline" to={pathOf(rival)}>
      {rival.title}
    </Link>
  );
}
