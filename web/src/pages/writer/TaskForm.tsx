/** A task by hand, or changed: what to write, for which keywords, along which outline. */
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Task } from "@/api/types";
import { useClusters } from "@/pages/planner/data";
import { ARTICLE, KindFields } from "@/pages/planner/KindFields";
import { linesOf } from "@/pages/planner/lines";
import { OutlineFields, sectionsOf, toOutline } from "@/pages/planner/OutlineFields";
import { useProfiles } from "@/pages/thinker/resources";
import { NumberField, Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { SourcePicker } from "./sources/SourcePicker";

/** A moment as a field of the browser has it, in the person's own time: `2026-11-22T09:30`. */
export function localTime(iso: string | null | undefined): string {
  if (!iso) return "";
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** `task` is the one to change; without it a new one is made. */
export function TaskForm({ site, task, close }: { site: string; task?: Task; close: () => void }) {
  const clusters = useClusters(site).data?.rows;
  const [title, setTitle] = useState(task?.title ?? "");
  const [keywords, setKeywords] = useState((task?.keywords ?? []).join("\n"));
  const [estimated, setEstimated] = useState(task?.estimated_words ?? 1000);
  const [kind, setKind] = useState(
    task ? { cluster_id: "", entity_type: task.entity_type, structure: task.structure } : ARTICLE,
  );
  const [sources, setSources] = useState(task?.source_ids ?? []);
  const [author, setAuthor] = useState(task?.author_profile_id ?? "");
  const profiles = useProfiles().rows;
  const [scheduled, setScheduled] = useState(() => localTime(task?.scheduled_at));
  const [sections, setSections] = useState(() => sectionsOf(task?.outline ?? []));

  // The version that the person has seen, not one that came in later.
  const [version] = useState(task?.version ?? 0);
  const common = {
    title: title.trim(),
    keywords: linesOf(keywords),
    outline: toOutline(sections),
    estimated_words: estimated,
    source_ids: sources,
    author_profile_id: author || null,
    scheduled_at: scheduled ? new Date(scheduled).toISOString() : null,
  };

  const submit = async () => {
    if (task) {
      const { entity_type, structure } = kind;
      const body = { ...common, entity_type, structure };
      const request = { params: { path: { id: task.id } }, headers: ifMatch(version), body };
      await call(api.PATCH("/api/writer/tasks/{id}", request));
      told("Task saved.");
    } else {
      const body = { ...common, ...kind, site_id: site, cluster_id: kind.cluster_id || null };
      await call(api.POST("/api/writer/tasks", { body }));
      told("Task added.");
    }
    invalidate("tasks", "pipeline");
  };

  return (
    <FormModal
      title={task ? "Edit task" : "Add task"}
      action={task ? "Save" : "Add task"}
      isOpen
      width="lg"
      onClose={close}
      submit={submit}
      values={[common, kind]}
    >
      {(errors) => (
        <>
          <TextField
            label="Title"
            value={title}
            onChange={setTitle}
            isRequired
            maxLength={200}
            autoFocus
            error={errors.title}
          />
          <KindFields clusters={task ? "fixed" : clusters} value={kind} onChange={setKind} errors={errors} />
          <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
            <TextField
              label="Keywords"
              rows={3}
              value={keywords}
              onChange={setKeywords}
              error={errors.keywords}
              hint="One per line, the most important first."
            />
            <NumberField
              label="Words"
              value={estimated}
              onChange={(value) => setEstimated(Number.isNaN(value) ? 1000 : value)}
              minValue={50}
              maxValue={20_000}
              error={errors.estimated_words}
              hint="50 to 20,000"
            />
          </div>
          {profiles.length > 0 && (
            <Select
              label="Author"
              none={task?.author_profile_id ? undefined : "As the strategy says"}
              options={profiles.map(({ id, name }) => ({ id, name }))}
              value={author}
              onChange={setAuthor}
              error={errors.author_profile_id}
            />
          )}
          <TextField
            label="Write it at"
            type="datetime-local"
            className="sm:max-w-64"
            value={scheduled}
            onChange={setScheduled}
            error={errors.scheduled_at}
            hint="Optional. At this time it is written by itself, for the usual credits."
          />
          <SourcePicker site={site} value={sources} onChange={setSources} error={errors.source_ids} />
          <OutlineFields
            sections={sections}
            onChange={setSections}
            error={errors.outline}
            none="Without an outline, the writer makes one from the title and keywords."
          />
        </>
      )}
    </FormModal>
  );
}
