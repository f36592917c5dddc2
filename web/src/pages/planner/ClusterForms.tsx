import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import { useLimit } from "@/api/resources";
import type { Cluster, PageType, Site } from "@/api/types";
import { count } from "@/lib/format";
import { options, PAGE_TYPES } from "@/lib/kinds";
import { NumberField, Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { generateIdeas } from "./clusterActions";
import { clusterOptions, useClusters } from "./data";
import { SectorSelect } from "./SectorSelect";

/** Makes a cluster by hand, or changes one: its name, what it is about, the kind of its page and its hub. */
export function ClusterForm({ site, cluster, onClose }: { site: Site; cluster?: Cluster; onClose: () => void }) {
  const [name, setName] = useState(cluster?.name ?? "");
  const [description, setDescription] = useState(cluster?.description ?? "");
  const [sector, setSector] = useState("");
  const [type, setType] = useState<PageType | "">(cluster?.page_type ?? "");
  const [hub, setHub] = useState(cluster?.hub_id ?? "");
  const all = useClusters(site.id).data?.rows;
  // Two levels only: what supports a hub is none itself.
  const hubs = all?.filter((one) => one.id !== cluster?.id && !one.hub_id && !one.merging_into);
  const isHub = (cluster?.spoke_count ?? 0) > 0;
  const submit = async () => {
    if (cluster) {
      const params = { path: { id: cluster.id } };
      const headers = ifMatch(cluster.version);
      const body = { name, description, page_type: type || undefined, hub_id: hub || null };
      await call(api.PATCH("/api/planner/clusters/{id}", { params, headers, body }));
      told("Cluster saved.");
    } else {
      const body = {
        site_id: site.id,
        sector_id: sector || undefined,
        name,
        description,
        page_type: type || undefined,
        hub_id: hub || undefined,
      };
      await call(api.POST("/api/planner/clusters", { body }));
      told(`Cluster “${name.trim()}” added.`);
    }
    invalidate("clusters");
  };
  return (
    <FormModal
      title={cluster ? "Edit cluster" : "Add cluster"}
      action={cluster ? "Save" : "Add cluster"}
      isOpen
      onClose={onClose}
      submit={submit}
      values={[name, description, sector, type, hub]}
    >
      {(errors) => (
        <>
          <TextField
            label="Name"
            isRequired
            autoFocus
            maxLength={120}
            value={name}
            onChange={setName}
            error={errors.name}
          />
          <TextField
            label="What its searchers want"
            rows={3}
            maxLength={500}
            value={description}
            onChange={setDescription}
            error={errors.description}
          />
          {!cluster && <SectorSelect site={site} value={sector} onChange={setSector} />}
          <div className="grid gap-4 sm:grid-cols-2">
            <Select
              label="Page type"
              none={cluster ? undefined : "By its name"}
              options={options(PAGE_TYPES)}
              value={type}
              onChange={(value) => setType(value as PageType | "")}
              error={errors.page_type}
            />
            <Select
              label="Supports the hub"
              none="No hub"
              options={clusterOptions(hubs, hub || undefined)}
              value={hub}
              onChange={setHub}
              isDisabled={isHub}
              error={errors.hub_id}
              hint={isHub ? "It is a hub itself: other clusters support it." : undefined}
            />
          </div>
        </>
      )}
    </FormModal>
  );
}

/** How many ideas for each of the chosen clusters; the cost is asked after it. */
export function GenerateForm({
  clusters,
  onClose,
  then,
}: {
  clusters: Cluster[];
  onClose: () => void;
  then?: () => void;
}) {
  const usual = useLimit("ai_ideas_per_cluster", 5);
  const [chosen, choose] = useState<number>();
  const perCluster = chosen ?? usual;
  return (
    <FormModal
      title={`Ideas for ${count(clusters.length, "cluster")}`}
      action="Show the cost"
      width="sm"
      isOpen
      onClose={onClose}
      values={perCluster}
      submit={async () => generateIdeas(clusters, perCluster, then)}
    >
      {() => (
        <NumberField
          label="Ideas for each cluster"
          minValue={1}
          maxValue={10}
          autoFocus
          value={perCluster}
          onChange={(value) => choose(Number.isNaN(value) ? undefined : value)}
          hint="1 to 10. Nothing is spent before you have seen the cost."
        />
      )}
    </FormModal>
  );
}
