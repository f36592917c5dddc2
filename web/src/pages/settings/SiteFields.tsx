import { useState } from "react";
import type { Workspace } from "@/api/types";
import { Select, TextField } from "@/ui/Field";
import { domainProblem, localeOptions, SITE_TYPES, type SiteForm } from "./siteForm";

/** The fields of a site, wherever one is made or changed. */
export function SiteFields({
  form,
  set,
  errors,
  workspaces = [],
  isDisabled,
  autoFocus,
}: {
  form: SiteForm;
  set: (form: SiteForm) => void;
  errors: Record<string, string>;
  workspaces?: Workspace[];
  isDisabled?: boolean;
  autoFocus?: boolean;
}) {
  // Not while it is typed for the first time: it is no domain yet.
  const [isDomainEntered, setDomainEntered] = useState(false);
  return (
    <>
      <TextField
        label="Name"
        isRequired
        autoFocus={autoFocus}
        maxLength={100}
        isDisabled={isDisabled}
        value={form.name}
        onChange={(name) => set({ ...form, name })}
        error={errors.name}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Industry"
          placeholder="Car repair"
          hint="What the business does, in a word or two."
          maxLength={100}
          isDisabled={isDisabled}
          value={form.industry}
          onChange={(industry) => set({ ...form, industry })}
          error={errors.industry}
        />
        <Select
          label="Language"
          hint="Articles are written in this language."
          isDisabled={isDisabled}
          options={localeOptions(form.locale)}
          value={form.locale}
          onChange={(locale) => set({ ...form, locale })}
          error={errors.locale}
        />
        <Select
          label="Kind of site"
          isDisabled={isDisabled}
          options={SITE_TYPES}
          value={form.site_type}
          onChange={(id) => set({ ...form, site_type: SITE_TYPES.find((type) => type.id === id)?.id ?? "blog" })}
          error={errors.site_type}
        />
        <TextField
          label="Domain (optional)"
          placeholder="www.example.com"
          isDisabled={isDisabled}
          value={form.domain}
          onChange={(domain) => set({ ...form, domain })}
          onBlur={() => setDomainEntered(true)}
          error={(isDomainEntered ? domainProblem(form.domain) : undefined) ?? errors.domain}
        />
      </div>
      {workspaces.length > 0 && (
        <Select
          label="Workspace"
          hint="A group of sites, such as one client of yours."
          none="None"
          isDisabled={isDisabled}
          options={workspaces}
          value={form.workspace_id}
          onChange={(workspace_id) => set({ ...form, workspace_id })}
          error={errors.workspace_id}
        />
      )}
    </>
  );
}
