import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster, Site } from "@/api/types";
import { count } from "@/lib/format";
import { NumberField, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { generateIdeas } from "./clusterActions";
import { SectorSelect } from "./SectorSelect";

/** Makes a cluster by hand, or renames one. */
export function ClusterForm({ site, cluster, onClose }: { site: Site; cluster?: Cluster; onClose: () => void }) {
  const [name, setName] = useState(cluster?.name ?? "");
  const [description, setDescription] = useState(cluster?.description ?? "");
  const [sector, setSector] = useState("");
  const submit = async () => {
    if (cluster) {
      const params = { path: { id: cluster.id } };
      const headers = ifMatch(cluster.version);
      await call(api.PATCH("/api/planner/clusters/{id}", { params, headers, body: { name, description } }));
      told("Cluster saved.");
    } else {
      const body = { site_id: site.id, sector_id: sector || undefined, name, description };
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
      values={[name, description, sector]}
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
  const [perCluster, setPerCluster] = useState(5);
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
          onChange={(value) => setPerCluster(Number.isNaN(value) ? 5 : value)}
          hint="1 to 10. Nothing is spent before you have seen the cost."
        />
      )}
    </FormModal>
  );
}
