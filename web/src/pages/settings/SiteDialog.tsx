import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Site, Workspace } from "@/api/types";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { SiteFields } from "./SiteFields";
import { change, creation, formOf } from "./siteForm";

/** Makes a site, or changes one. */
export function SiteDialog({
  site,
  workspace,
  workspaces,
  isOpen,
  onClose,
  made,
}: {
  site?: Site;
  /** The workspace that a new site is to be in. */
  workspace?: string;
  workspaces: Workspace[];
  isOpen: boolean;
  onClose: () => void;
  made: (site: Site) => void;
}) {
  const [form, set] = useState(() => formOf(site, workspace));
  const submit = async () => {
    if (!site) {
      made(await call(api.POST("/api/auth/sites", { body: creation(form) })));
    } else {
      const body = change(site, form);
      const params = { path: { id: site.id } };
      if (body) {
        await call(api.PATCH("/api/auth/sites/{id}", { params, body, headers: ifMatch(site.version) }));
        told(`${form.name.trim()} is saved.`);
      }
    }
    invalidate("sites", "workspaces");
  };
  return (
    <FormModal
      title={site ? `Edit ${site.name}` : "Add site"}
      action={site ? "Save" : "Add site"}
      isOpen={isOpen}
      onClose={onClose}
      submit={submit}
      values={form}
    >
      {(errors) => <SiteFields autoFocus form={form} set={set} errors={errors} workspaces={workspaces} />}
    </FormModal>
  );
}
