import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { ApiError } from "@/api/problem";
import { invalidate, queryClient, useList, useMay, useMe } from "@/api/query";
import type { Sector, Site } from "@/api/types";
import { useUi } from "@/lib/store";
import { useWorkspaces } from "@/pages/settings/resources";
import { SiteFields } from "@/pages/settings/SiteFields";
import { change, creation, formOf, language } from "@/pages/settings/siteForm";
import { Button, LinkButton } from "@/ui/Button";
import { InlineForm } from "@/ui/InlineForm";
import { EmptyState } from "@/ui/states";
import { keep } from "./progress";
import { SectorsInput, withTyped } from "./SectorsInput";
import { StepActions, type StepProps } from "./StepActions";

export function SiteStep(props: StepProps) {
  const may = useMay("admin");
  if (may) return <SiteEditor {...props} />;
  const { site, go, back } = props;
  if (!site) {
    return (
      <EmptyState
        title="An admin adds the first site"
        action={<LinkButton to="/settings/team">See who is in the team</LinkButton>}
      >
        As an editor you work on keywords and articles once there is a site that you may see.
      </EmptyState>
    );
  }
  return (
    <>
      <p className="mt-1">
        {[site.name, site.industry, language(site.locale)].filter(Boolean).join(" · ")}
        <span className="mt-1 block text-ink-soft">Admins can change this in Settings.</span>
      </p>
      <StepActions back={back}>
        <Button look="primary" onPress={() => go("destination")}>
          Continue
        </Button>
      </StepActions>
    </>
  );
}

function SiteEditor({ site, go, back }: StepProps) {
  const me = useMe().data;
  // Made in an earlier try that failed at a sector: it must not be made twice.
  const [made, setMade] = useState<Site | undefined>(site);
  const [form, set] = useState(() => formOf(site));
  const [names, setNames] = useState<string[]>([]);
  const [typed, setTyped] = useState("");
  const workspaces = useWorkspaces();
  const sectors = useList<Sector>(
    "sectors",
    { site: made?.id },
    (cursor) => {
      const params = { path: { id: made?.id ?? "" }, query: { limit: 200, cursor } };
      return call(api.GET("/api/auth/sites/{id}/sectors", { params }));
    },
    { enabled: made !== undefined },
  );
  const existing = made ? sectors.rows.map((sector) => sector.name) : [];

  const saveSite = async (): Promise<Site> => {
    if (!made) return await call(api.POST("/api/auth/sites", { body: creation(form) }));
    const body = change(made, form);
    if (!body) return made;
    const params = { path: { id: made.id } };
    return await call(api.PATCH("/api/auth/sites/{id}", { params, body, headers: ifMatch(made.version) }));
  };
  const submit = async () => {
    let left = withTyped(names, typed, existing);
    const saved = await saveSite();
    setMade(saved);
    setNames(left);
    setTyped("");
    if (me) {
      keep(me.tenant.id, { site: saved.id });
      useUi.getState().chooseSite(me.tenant.id, saved.id);
    }
    for (const name of left) {
      try {
        await call(api.POST("/api/auth/sites/{id}/sectors", { params: { path: { id: saved.id } }, body: { name } }));
      } catch (error) {
        invalidate("sites", "sectors");
        throw sectorError(name, error);
      }
      left = left.filter((other) => other !== name);
      setNames(left);
    }
    invalidate("sectors", "workspaces");
    // The next step needs the site.
    await queryClient.invalidateQueries({ queryKey: ["sites"] });
    go("destination");
  };
  return (
    <>
      <p className="mt-1 mb-5 text-ink-soft">
        What it is about helps to find fitting topics. All of this can be changed later.
      </p>
      <InlineForm
        action={made ? "Save and continue" : "Add the site"}
        submit={submit}
        back={
          back && (
            <Button look="quiet" icon={ArrowLeft} onPress={back}>
              Back
            </Button>
          )
        }
      >
        {(errors) => (
          <>
            <SiteFields form={form} set={set} errors={errors} workspaces={workspaces.rows} />
            <SectorsInput names={names} setNames={setNames} typed={typed} setTyped={setTyped} existing={existing} />
          </>
        )}
      </InlineForm>
    </>
  );
}

/** Its field is called `name`, as the site's is: it must not be shown there. */
function sectorError(name: string, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const why = Object.values(error.fields)[0] ?? error.message;
  const detail = `The site is saved, but the sector “${name}” is not: ${why}`;
  return new ApiError({ status: error.status, code: error.code, detail }, error.retryAfter);
}
