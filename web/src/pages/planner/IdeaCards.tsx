import { Check, ListPlus, Merge, Pencil, ShieldCheck, Trash2, Undo2, X } from "lucide-react";
import type { Idea } from "@/api/types";
import { count, number, words } from "@/lib/format";
import { RowActions } from "@/ui/ActionButtons";
import { Badge, StatusBadge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Field";
import type { MenuEntry } from "@/ui/Menu";
import { mergeName, VerdictBadge, warningOf } from "./IdeaVerdict";
import { isOpenIdea, isTaken } from "./ideaList";

export type IdeaWork = {
  mayEdit: boolean;
  busy: boolean;
  open: (idea: Idea) => void;
  accept: (idea: Idea) => void;
  reject: (idea: Idea) => void;
  restore: (idea: Idea) => void;
  queue: (idea: Idea) => void;
  overrule: (idea: Idea) => void;
  merge: (idea: Idea) => void;
  unmerge: (idea: Idea) => void;
  remove: (idea: Idea) => void;
};

/** Rejected for itself: what was merged is taken back from its rival instead. */
const isPutAside = (idea: Idea) => idea.status === "rejected" && !idea.merged_into;

/** The rarer actions of an idea; what its state does not allow is not offered. */
export function ideaEntries(idea: Idea, work: IdeaWork): MenuEntry[] {
  const disabled = work.busy;
  const entries: (MenuEntry | false)[] = [
    {
      id: "open",
      label: isTaken(idea) ? "View details" : "Edit",
      icon: Pencil,
      run: () => work.open(idea),
    },
    isOpenIdea(idea) && { id: "queue", label: "Make a task", icon: ListPlus, disabled, run: () => work.queue(idea) },
    idea.status === "new" && { id: "accept", label: "Accept", icon: Check, disabled, run: () => work.accept(idea) },
    !!idea.verdict &&
      !!warningOf(idea) && {
        id: "merge",
        label: mergeName(idea.verdict),
        icon: Merge,
        disabled,
        run: () => work.merge(idea),
      },
    isOpenIdea(idea) &&
      !!idea.verdict && {
        id: "overrule",
        label: idea.verdict.overruled ? "Warn again" : "Write it anyway",
        icon: ShieldCheck,
        disabled,
        run: () => work.overrule(idea),
      },
    !!idea.merged_into && {
      id: "unmerge",
      label: "Take the merge back",
      icon: Undo2,
      disabled,
      run: () => work.unmerge(idea),
    },
    isPutAside(idea) && {
      id: "restore",
      label: "Restore",
      icon: Undo2,
      disabled,
      run: () => work.restore(idea),
    },
    isPutAside(idea) && {
      id: "accept",
      label: "Restore and accept",
      icon: Check,
      disabled,
      run: () => work.accept(idea),
    },
    isOpenIdea(idea) && { id: "reject", label: "Reject", icon: X, disabled, run: () => work.reject(idea) },
    !isTaken(idea) && {
      id: "delete",
      label: "Delete",
      icon: Trash2,
      danger: true,
      disabled,
      run: () => work.remove(idea),
    },
  ];
  return entries.filter((entry) => entry !== false);
}

export function IdeaCard({
  idea,
  cluster,
  work,
  isChosen,
  choose,
}: {
  idea: Idea;
  cluster?: string;
  work: IdeaWork;
  isChosen: boolean;
  choose: () => void;
}) {
  return (
    <article
      aria-label={idea.title}
      className={`card flex flex-col gap-2.5 p-4 ${isChosen ? "border-brand bg-brand-soft" : ""}`}
    >
      <header className="flex items-start gap-2.5">
        {work.mayEdit && (
          <Checkbox className="mt-0.5" aria-label={`Choose ${idea.title}`} isSelected={isChosen} onChange={choose} />
        )}
        <button
          type="button"
          className="min-w-0 flex-1 cursor-pointer text-left font-medium break-words hover:underline"
          onClick={() => work.open(idea)}
        >
          {idea.title}
        </button>
        {work.mayEdit && (
          // As high as a line of the title, so that it does not push the rest down.
          <span className="-my-2 -mr-2">
            <RowActions label={`Actions for ${idea.title}`} entries={ideaEntries(idea, work)} />
          </span>
        )}
      </header>
      {idea.angle && <p className="line-clamp-3 text-ink-soft">{idea.angle}</p>}
      {idea.reject_reason && (
        <p className="line-clamp-2 text-[13px] text-ink-soft break-words">Rejected: {idea.reject_reason}</p>
      )}
      {idea.merged_into && (
        <p className="line-clamp-2 text-[13px] text-ink-soft break-words">
          Merged into “{idea.merged_into.rival.title}”
        </p>
      )}
      <p className="flex flex-wrap gap-1.5">
        <StatusBadge status={idea.status} />
        <VerdictBadge idea={idea} />
        <Badge>{words(idea.structure)}</Badge>
        {cluster && (
          <span className="max-w-full truncate">
            <Badge>{cluster}</Badge>
          </span>
        )}
      </p>
      <footer className="mt-auto flex flex-wrap items-center justify-between gap-2 pt-1">
        <span className="text-xs text-ink-soft">
          {number(idea.estimated_words)} words ·{" "}
          {idea.outline.length > 0 ? count(idea.outline.length, "section") : "no outline"}
        </span>
        {work.mayEdit && isOpenIdea(idea) && (
          // One button for both, and never disabled: so the focus stays while the idea goes from step to step.
          <Button
            size="sm"
            icon={idea.status === "new" ? Check : ListPlus}
            onPress={() => {
              if (work.busy) return;
              if (idea.status === "new") work.accept(idea);
              else work.queue(idea);
            }}
          >
            {idea.status === "new" ? "Accept" : "Make a task"}
          </Button>
        )}
      </footer>
    </article>
  );
}
