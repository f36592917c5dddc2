import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster, Site } from "@/api/types";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { IdeaFields } from "./IdeaDialog";
import { ARTICLE, KindFields } from "./KindFields";
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
  const [kind, setKind] = useState({ ...ARTICLE, cluster_id: cluster });
  const [angle, setAngle] = useState("");
  const [audience, setAudience] = useState("");
  const [keywords, setKeywords] = useState("");
  const [length, setLength] = useState(1000);
  const [sections, setSections] = useState<Section[]>([]);
  const body = {
    site_id: site.id,
    ...kind,
    cluster_id: kind.cluster_id || undefined,
    title,
    angle,
    audience,
    target_keywords: linesOf(keywords),
    estimated_words: length,
    outline: toOutline(sections),
  };
  const submit = async () => {
    await call(api.POST("/api/planner/ideas", { body }));
    invalidate("ideas");
    told("Idea added.");
  };
  return (
    <FormModal title="Add idea" action="Add idea" width="lg" isOpen onClose={onClose} submit={submit} values={body}>
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
          />
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
