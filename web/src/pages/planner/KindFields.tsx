import type { Cluster } from "@/api/types";
import { cx } from "@/lib/cx";
import { ENTITY_TYPES, entityName, options, STRUCTURES } from "@/lib/kinds";
import { Select } from "@/ui/Field";
import { clusterOptions } from "./data";

/** The structures that fit a kind, the usual one first; any other may be chosen all the same. */
const FITTING: Record<string, string[]> = {
  post: ["article", "guide", "comparison", "review", "listicle", "general"],
  page: ["general", "landing_page", "business_page", "cluster_hub"],
  product: ["product_page"],
  service: ["service_page"],
  taxonomy: ["category_archive", "tag_archive", "attribute_archive"],
};

/** The same kind of content, with a structure that fits it. */
export function withEntityType(kind: Kind, entity_type: string): Kind {
  const fitting = FITTING[entity_type] ?? [];
  const structure = fitting.includes(kind.structure) ? kind.structure : (fitting[0] ?? kind.structure);
  return { ...kind, entity_type, structure };
}

/** What kind of content is meant, and for which cluster. */
export type Kind = { cluster_id: string; entity_type: string; structure: string };

export const ARTICLE: Kind = { cluster_id: "", entity_type: "post", structure: "article" };

/** The kind of a content that does not exist yet: cluster (where one may be chosen), kind and structure in one row. */
export function KindFields({
  clusters,
  value,
  onChange,
  errors,
}: {
  clusters: Cluster[] | undefined | "fixed";
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
    <div className={cx("grid gap-4", clusters === "fixed" ? "sm:grid-cols-2" : "sm:grid-cols-3")}>
      {clusters !== "fixed" && (
        <Select
          label="Cluster"
          none="No cluster"
          options={clusterOptions(clusters, value.cluster_id || undefined)}
          {...field("cluster_id")}
        />
      )}
      <Select
        label="Kind"
        options={options(ENTITY_TYPES, entityName)}
        {...field("entity_type")}
        onChange={(chosen) => onChange(withEntityType(value, chosen))}
      />
      <Select label="Structure" options={options(STRUCTURES)} {...field("structure")} />
    </div>
  );
}
