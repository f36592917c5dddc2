/** A task by hand, or changed: what to write, for which keywords, along which outline. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { OutlineSection, Task } from "@/api/types";
import { ENTITY_TYPES, options, STRUCTURES } from "@/lib/kinds";
import { Button, IconButton } from "@/ui/Button";
import { NumberField, Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { useClusters } from "./useTasks";

/** One a line; empty lines and spaces at the ends mean nothing. */
export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** A section while it is edited: its points are lines of a text. */
type Draft = { key: number; heading: string; points: string };

let nextKey = 1;
const draftOf = (section: OutlineSection): Draft => ({
  key: nextKey++,
  heading: section.heading,
  points: (section.points ?? []).join("\n"),
});

/** Without sections in which nothing was written. */
export function outlineOf(sections: { heading: string; points: string }[]): OutlineSection[] {
  return sections
    .map(({ heading, points }) => ({ heading: heading.trim(), points: lines(points) }))
    .filter((section) => section.heading || section.points.length > 0);
}

/** `task` is the one to change; without it a new one is made. */
export function TaskForm({ site, task, close }: { site: string; task?: Task; close: () => void }) {
  const clusters = useClusters(site).data ?? [];
  const [title, setTitle] = useState(task?.title ?? "");
  const [keywords, setKeywords] = useState((task?.keywords ?? []).join("\n"));
  const [estimated, setEstimated] = useState(task?.estimated_words ?? 1000);
  const [cluster, setCluster] = useState("");
  const [structure, setStructure] = useState("article");
  const [entity, setEntity] = useState("post");
  const [sections, setSections] = useState(() => (task?.outline ?? []).map(draftOf));

  const submit = async () => {
    const common = {
      title: title.trim(),
      keywords: lines(keywords),
      outline: outlineOf(sections),
      estimated_words: estimated,
    };
    if (task) {
      const request = { params: { path: { id: task.id } }, headers: { "if-match": `"${task.version}"` }, body: common };
      await call(api.PATCH("/api/writer/tasks/{id}", request));
      told("Task saved.");
    } else {
      const body = { ...common, site_id: site, structure, entity_type: entity, cluster_id: cluster || null };
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
          {!task && (
            <div className="grid gap-4 sm:grid-cols-3">
              <Select
                label="Structure"
                options={options(STRUCTURES)}
                value={structure}
                onChange={setStructure}
                error={errors.structure}
              />
              <Select
                label="Kind"
                options={options(ENTITY_TYPES)}
                value={entity}
                onChange={setEntity}
                error={errors.entity_type}
              />
              <Select
                label="Cluster"
                none="No cluster"
                options={clusters.map((one) => ({ id: one.id, name: one.name }))}
                value={cluster}
                onChange={setCluster}
                error={errors.cluster_id}
              />
            </div>
          )}
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
              onChange={setEstimated}
              minValue={50}
              maxValue={20_000}
              error={errors.estimated_words}
              hint="50 to 20,000"
            />
          </div>
          <Outline sections={sections} set={setSections} error={errors.outline} />
        </>
      )}
    </FormModal>
  );
}

function Outline({ sections, set, error }: { sections: Draft[]; set: (sections: Draft[]) => void; error?: string }) {
  const change = (key: number, part: Partial<Draft>) =>
    set(sections.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const move = (from: number, to: number) => {
    const next = [...sections];
    next.splice(to, 0, ...next.splice(from, 1));
    set(next);
  };
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-[13px] font-medium">Outline</legend>
      {sections.length === 0 && (
        <p className="text-ink-soft">Without an outline, the writer makes one from the title and keywords.</p>
      )}
      {sections.map((section, index) => (
        <div key={section.key} className="rounded-lg border border-line p-3">
          <div className="flex items-end gap-1">
            <TextField
              label={`Section ${index + 1}`}
              className="flex-1"
              value={section.heading}
              maxLength={200}
              onChange={(heading) => change(section.key, { heading })}
            />
            <IconButton
              label="Move up"
              icon={ArrowUp}
              isDisabled={index === 0}
              onPress={() => move(index, index - 1)}
            />
            <IconButton
              label="Move down"
              icon={ArrowDown}
              isDisabled={index === sections.length - 1}
              onPress={() => move(index, index + 1)}
            />
            <IconButton
              label={`Remove section ${index + 1}`}
              icon={Trash2}
              onPress={() => set(sections.filter((one) => one.key !== section.key))}
            />
          </div>
          <TextField
            label="Points, one per line"
            className="mt-2"
            rows={3}
            value={section.points}
            onChange={(points) => change(section.key, { points })}
          />
        </div>
      ))}
      {error && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
      <div>
        <Button
          size="sm"
          icon={Plus}
          isDisabled={sections.length >= 20}
          onPress={() => set([...sections, draftOf({ heading: "" })])}
        >
          Add section
        </Button>
      </div>
    </fieldset>
  );
}
