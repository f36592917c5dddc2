import type { Cluster } from "@/api/types";
import { ENTITY_TYPES, options, STRUCTURES } from "@/lib/kinds";
import { Select } from "@/ui/Field";
import { clusterOptions } from "./data";

/** What kind of content is meant, and for which cluster. */
export type Kind = { cluster_id: string; entity_type: string; structure: string };

export const ARTICLE: Kind = { cluster_id: "", entity_type: "post", structure: "article" };

/** The kind of a content that does not exist yet: cluster, kind and structure in one row. */
export function KindFields({
  clusters,
  value,
  onChange,
  errors,
}: {
  clusters: Cluster[] | undefined;
  value: Kind;
  onChange: (value: Kind) => void;
  errors: Record<string, string>;
}) {
  const field = (name: keyof Kind) => ({
    value: value[name],
    onChange: (chosen: string) => onChange({ ...value, [name]: chosen }),
    error: errors[name],
  });
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Select
        label="Cluster"
        none="No cluster"
        options={clusterOptions(clusters, value.cluster_id || undefined)}
        {...field("cluster_id")}
      />
      <Select label="Kind" options={options(ENTITY_TYPES)} {...field("entity_type")} />
      <Select label="Structure" options={options(STRUCTURES)} {...field("structure")} />
    </div>
  );
}
