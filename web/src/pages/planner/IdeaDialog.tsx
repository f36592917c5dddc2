import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster, Idea } from "@/api/types";
import { number, words } from "@/lib/format";
import { entityName } from "@/lib/kinds";
import { StatusBadge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { NumberField, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { ErrorState, Skeleton } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { reasonOf, VerdictNote, warningOf } from "./IdeaVerdict";
import { isTaken } from "./ideaList";
import { KindFields } from "./KindFields";
import { linesOf } from "./lines";
import { OutlineFields, type Section, sectionsOf, toOutline } from "./OutlineFields";

/** One idea by its id: to read, and to change while no task has it. */
export function IdeaDialog({
  id,
  clusters,
  mayEdit,
  merge,
  unmerge,
  onClose,
}: {
  id: string;
  clusters: Cluster[] | undefined;
  mayEdit: boolean;
  /** Merges it into what it would compete with, or takes that back; the window goes first. */
  merge: (idea: Idea) => void;
  unmerge: (idea: Idea) => void;
  onClose: () => void;
}) {
  const query = useQuery({
    queryKey: ["ideas", "one", id],
    queryFn: () => call(api.GET("/api/planner/ideas/{id}", { params: { path: { id } } })) as Promise<Idea>,
    staleTime: 0,
  });
  // The idea as it was when the window opened: what is being written does not change or go under the hand.
  const [idea, setIdea] = useState<Idea>();
  if (!idea && query.isFetchedAfterMount && query.isSuccess) setIdea(query.data);
  if (!idea) {
    return (
      <Dialog title="Idea" isOpen onClose={onClose} width="lg">
        {query.error ? (
          <ErrorState error={query.error} again={() => void query.refetch()} />
        ) : (
          <Skeleton className="h-72" />
        )}
      </Dialog>
    );
  }
  const then = (act: (idea: Idea) => void) => () => {
    onClose();
    act(idea);
  };
  // What was typed and not saved would be lost with the window.
  const note = (isChanged = false) => (
    <VerdictNote idea={idea} {...(mayEdit && !isChanged && { merge: then(merge), unmerge: then(unmerge) })} />
  );
  // What was merged stands as it is until that is taken back.
  if (!mayEdit || isTaken(idea) || idea.merged_into) return <Plan idea={idea} note={note()} onClose={onClose} />;
  return <EditIdea idea={idea} note={note} clusters={clusters} onClose={onClose} />;
}

function EditIdea({
  idea,
  note,
  clusters,
  onClose,
}: {
  idea: Idea;
  note: (isChanged: boolean) => React.ReactNode;
  clusters: Cluster[] | undefined;
  onClose: () => void;
}) {
  const [title, setTitle] = useState(idea.title);
  const [kind, setKind] = useState({
    cluster_id: idea.cluster_id ?? "",
    entity_type: idea.entity_type,
    structure: idea.structure,
  });
  const [angle, setAngle] = useState(idea.angle);
  const [audience, setAudience] = useState(idea.audience);
  const [keywords, setKeywords] = useState(idea.target_keywords.join("\n"));
  const [length, setLength] = useState(idea.estimated_words);
  const [sections, setSections] = useState<Section[]>(() => sectionsOf(idea.outline));
  const body = {
    title,
    ...kind,
    cluster_id: kind.cluster_id || null,
    angle,
    audience,
    target_keywords: linesOf(keywords),
    estimated_words: length,
    outline: toOutline(sections),
  };
  const [first] = useState(() => JSON.stringify(body));
  const submit = async () => {
    const params = { path: { id: idea.id } };
    const headers = ifMatch(idea.version);
    const saved = (await call(api.PATCH("/api/planner/ideas/{id}", { params, headers, body }))) as Idea;
    invalidate("ideas");
    // It was judged again: what is new to the person is said.
    const verdict = warningOf(saved);
    const isNew = verdict && verdict.rival.id !== idea.verdict?.rival.id;
    told(isNew ? `Idea saved. ${reasonOf(verdict)}` : "Idea saved.");
  };
  return (
    <FormModal title={idea.title} action="Save" width="lg" isOpen onClose={onClose} submit={submit} values={body}>
      {(errors) => (
        <>
          <div>
            <Facts idea={idea} />
            {note(JSON.stringify(body) !== first)}
          </div>
          <TextField label="Title" isRequired maxLength={200} value={title} onChange={setTitle} error={errors.title} />
          <KindFields clusters={clusters} value={kind} onChange={setKind} errors={errors} />
          <IdeaFields
            {...{ angle, setAngle, audience, setAudience, keywords, setKeywords, length, setLength, errors }}
          />
          <OutlineFields sections={sections} onChange={setSections} error={errors.outline} />
        </>
      )}
    </FormModal>
  );
}

/** The fields that an idea has both when it is made and later. */
export function IdeaFields({
  angle,
  setAngle,
  audience,
  setAudience,
  keywords,
  setKeywords,
  length,
  setLength,
  errors,
}: {
  angle: string;
  setAngle: (value: string) => void;
  audience: string;
  setAudience: (value: string) => void;
  keywords: string;
  setKeywords: (value: string) => void;
  length: number;
  setLength: (value: number) => void;
  errors: Record<string, string>;
}) {
  return (
    <>
      <TextField label="Angle" rows={3} maxLength={500} value={angle} onChange={setAngle} error={errors.angle} />
      <TextField label="Audience" maxLength={200} value={audience} onChange={setAudience} error={errors.audience} />
      <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
        <TextField
          label="Keywords"
          rows={3}
          value={keywords}
          onChange={setKeywords}
          error={errors.target_keywords}
          hint="One per line, the most important first."
        />
        <NumberField
          label="Words"
          minValue={50}
          maxValue={20_000}
          value={length}
          onChange={(value) => setLength(Number.isNaN(value) ? 1000 : value)}
          error={errors.estimated_words}
        />
      </div>
    </>
  );
}

function Facts({ idea }: { idea: Idea }) {
  return (
    <p className="flex flex-wrap items-center gap-2 text-[13px] text-ink-soft">
      <StatusBadge status={idea.status} />
      {entityName(idea.entity_type)} · {words(idea.structure)}
      {idea.reject_reason && <span className="basis-full break-words">Rejected: {idea.reject_reason}</span>}
    </p>
  );
}

/** An idea to read. */
function Plan({ idea, note, onClose }: { idea: Idea; note: React.ReactNode; onClose: () => void }) {
  return (
    <Dialog
      title={idea.title}
      isOpen
      onClose={onClose}
      width="lg"
      footer={
        <>
          {idea.task_id && <LinkButton to="/writer/tasks">Open tasks</LinkButton>}
          <Button look="primary" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Facts idea={idea} />
        {note}
        {isTaken(idea) && (
          <p className="text-ink-soft">A task was made from this idea. Change the task or its article instead.</p>
        )}
        {idea.angle && <p>{idea.angle}</p>}
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[auto_1fr]">
          <dt className="text-ink-soft">For</dt>
          <dd>{idea.audience || "Not given"}</dd>
          <dt className="text-ink-soft">Words</dt>
          <dd>{number(idea.estimated_words)}</dd>
          <dt className="text-ink-soft">Keywords</dt>
          <dd>{idea.target_keywords.join(", ") || "None"}</dd>
        </dl>
        <ol className="flex list-decimal flex-col gap-2 pl-5">
          {idea.outline.map((section) => (
            <li key={section.heading}>
              <span className="font-medium">{section.heading}</span>
              <ul className="list-disc pl-5 text-ink-soft">
                {(section.points ?? []).map((point) => (
                  <li key={point}>{point}</li>
                ))}
              </ul>
            </li>
          ))}
        </ol>
      </div>
    </Dialog>
  );
}
