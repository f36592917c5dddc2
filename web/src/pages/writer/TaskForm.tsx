/** A task by hand, or changed: what to write, for which keywords, along which outline. */
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Task } from "@/api/types";
import { useClusters } from "@/pages/planner/data";
import { ARTICLE, KindFields } from "@/pages/planner/KindFields";
import { linesOf } from "@/pages/planner/lines";
import { OutlineFields, sectionsOf, toOutline } from "@/pages/planner/OutlineFields";
import { NumberField, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";

/** `task` is the one to change; without it a new one is made. */
export function TaskForm({ site, task, close }: { site: string; task?: Task; close: () => void }) {
  const clusters = useClusters(site).data?.rows;
  const [title, setTitle] = useState(task?.title ?? "");
  const [keywords, setKeywords] = useState((task?.keywords ?? []).join("\n"));
  const [estimated, setEstimated] = useState(task?.estimated_words ?? 1000);
  const [kind, setKind] = useState(ARTICLE);
  const [sections, setSections] = useState(() => sectionsOf(task?.outline ?? []));

  // The version that the person has seen, not one that came in later.
  const [version] = useState(task?.version ?? 0);
  const common = {
    title: title.trim(),
    keywords: linesOf(keywords),
    outline: toOutline(sections),
    estimated_words: estimated,
  };

  const submit = async () => {
    if (task) {
      const request = { params: { path: { id: task.id } }, headers: ifMatch(version), body: common };
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
          {!task && <KindFields clusters={clusters} value={kind} onChange={setKind} errors={errors} />}
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
