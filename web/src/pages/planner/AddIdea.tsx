import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster, Site } from "@/api/types";
import { ENTITY_TYPES, options, STRUCTURES } from "@/lib/kinds";
import { Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { clusterOptions } from "./data";
import { IdeaFields } from "./IdeaDialog";
import { linesOf } from "./lines";
import { OutlineFields, type Section, toOutline } from "./OutlineFields";

/** Makes an idea by hand. */
export function AddIdea({
  site,
  clusters,
  cluster,
  onClose,
}: {
  site: Site;
  clusters: Cluster[] | undefined;
  /** The cluster that the page is filtered by. */
  cluster: string;
  onClose: () => void;
}) {
  const [title, setTitle] = useState("");
  const [clusterId, setClusterId] = useState(cluster);
  const [type, setType] = useState("post");
  const [structure, setStructure] = useState("article");
  const [angle, setAngle] = useState("");
  const [audience, setAudience] = useState("");
  const [keywords, setKeywords] = useState("");
  const [length, setLength] = useState(1000);
  const [sections, setSections] = useState<Section[]>([]);
  const submit = async () => {
    const body = {
      site_id: site.id,
      cluster_id: clusterId || undefined,
      title,
      entity_type: type,
      structure,
      angle,
      audience,
      target_keywords: linesOf(keywords),
      estimated_words: length,
      outline: toOutline(sections),
    };
    await call(api.POST("/api/planner/ideas", { body }));
    invalidate("ideas");
    told("Idea added.");
  };
  return (
    <FormModal title="Add idea" action="Add idea" width="lg" isOpen onClose={onClose} submit={submit}>
      {(errors) => (
        <>
          <TextField
            label="Title"
            isRequired
            autoFocus
            maxLength={200}
            value={title}
            onChange={setTitle}
            error={errors.title}
            hint="It cannot be changed later; a task made from the idea can have another."
          />
          <div className="grid gap-4 sm:grid-cols-3">
            <Select
              label="Cluster"
              none="No cluster"
              options={clusterOptions(clusters, clusterId || undefined)}
              value={clusterId}
              onChange={setClusterId}
              error={errors.cluster_id}
            />
            <Select
              label="Kind"
              options={options(ENTITY_TYPES)}
              value={type}
              onChange={setType}
              error={errors.entity_type}
            />
            <Select
              label="Structure"
              options={options(STRUCTURES)}
              value={structure}
              onChange={setStructure}
              error={errors.structure}
            />
          </div>
          <IdeaFields
            {...{ angle, setAngle, audience, setAudience, keywords, setKeywords, length, setLength, errors }}
          />
          <OutlineFields sections={sections} onChange={setSections} error={errors.outline} />
        </>
      )}
    </FormModal>
  );
}
