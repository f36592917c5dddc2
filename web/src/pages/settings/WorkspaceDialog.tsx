import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Workspace } from "@/api/types";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";

/** Makes a workspace, or renames one. */
export function WorkspaceDialog({
  workspace,
  isOpen,
  onClose,
}: {
  workspace?: Workspace;
  isOpen: boolean;
  onClose: () => void;
}) {
  const [name, setName] = useState(workspace?.name ?? "");
  const submit = async () => {
    const body = { name: name.trim() };
    if (workspace) {
      const params = { path: { id: workspace.id } };
      const headers = ifMatch(workspace.version);
      await call(api.PATCH("/api/auth/workspaces/{id}", { params, body, headers }));
    } else {
      await call(api.POST("/api/auth/workspaces", { body }));
    }
    invalidate("workspaces");
  };
  return (
    <FormModal
      title={workspace ? `Rename ${workspace.name}` : "Add workspace"}
      action={workspace ? "Rename" : "Add workspace"}
      width="sm"
      isOpen={isOpen}
      onClose={onClose}
      submit={submit}
      values={name}
    >
      {(errors) => (
        <TextField
          label="Name"
          isRequired
          autoFocus
          maxLength={100}
          hint="A client, a brand, a country: what its sites have in common."
          value={name}
          onChange={setName}
          error={errors.name}
        />
      )}
    </FormModal>
  );
}
