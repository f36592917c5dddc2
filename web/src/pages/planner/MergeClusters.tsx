import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster } from "@/api/types";
import { count, number } from "@/lib/format";
import { Select } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { sayStarted } from "@/ui/jobActions";

/** The most clusters that one merge takes away. */
export const MOST_MERGED = 20;

/** Which of the chosen clusters stays; the others become part of it. */
export function MergeClusters({
  clusters,
  onClose,
  then,
}: {
  clusters: Cluster[];
  onClose: () => void;
  then: () => void;
}) {
  const largest = [...clusters].sort((a, b) => b.volume - a.volume || b.keyword_count - a.keyword_count);
  const [into, setInto] = useState(largest[0]?.id ?? "");
  const stays = clusters.find((one) => one.id === into);
  const others = clusters.filter((one) => one.id !== into);
  const keywords = others.reduce((sum, one) => sum + one.keyword_count, 0);
  const submit = async () => {
    const body = { cluster_ids: others.map((one) => one.id) };
    const answer = await call(api.POST("/api/planner/clusters/{id}/merge", { params: { path: { id: into } }, body }));
    sayStarted(answer.job.id, `${count(others.length, "cluster")} on the way into “${stays?.name}”.`);
    invalidate("clusters", "jobs");
    then();
  };
  return (
    <FormModal
      title={`Merge ${count(clusters.length, "cluster")}`}
      action={`Merge into “${stays?.name ?? ""}”`}
      isOpen
      onClose={onClose}
      values={into}
      submit={submit}
    >
      {(errors) => (
        <>
          <Select
            label="Which one stays"
            options={largest.map((one) => ({
              id: one.id,
              name: one.name,
              note: `${count(one.keyword_count, "keyword")}, ${number(one.volume)} searches a month`,
            }))}
            value={into}
            onChange={setInto}
            error={errors.cluster_ids}
          />
          <p>
            {others.map((one) => `“${one.name}”`).join(", ")} {others.length === 1 ? "goes" : "go"}: the{" "}
            {count(keywords, "keyword")} in {others.length === 1 ? "it" : "them"}, with all ideas, tasks and articles,
            follow into “{stays?.name}”.
          </p>
          <p className="text-ink-soft">It is free. You can undo it for 30 days, in the list of jobs.</p>
        </>
      )}
    </FormModal>
  );
}
