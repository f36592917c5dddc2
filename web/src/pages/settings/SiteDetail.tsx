/** One site: its fields, how its articles are reviewed, and its sectors. */
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import type { Site } from "@/api/types";
import { date, words } from "@/lib/format";
import { Button, LinkButton } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { NumberField } from "@/ui/Field";
import { InlineForm } from "@/ui/InlineForm";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { ErrorState, Skeleton } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { deleteSite, useWorkspaces } from "./resources";
import { Sectors } from "./Sectors";
import { SiteFields } from "./SiteFields";
import { change, formOf } from "./siteForm";

export function SiteDetail() {
  const id = useParams().id ?? "";
  const may = useMay("admin");
  const navigate = useNavigate();
  const site = useQuery({
    queryKey: ["sites", "one", id],
    queryFn: () => call(api.GET("/api/auth/sites/{id}", { params: { path: { id } } })) as Promise<Site>,
  });
  if (site.error && !site.data) {
    return (
      <Page title="Site" actions={<LinkButton to="/settings/sites">All sites</LinkButton>}>
        <ErrorState error={site.error} again={() => void site.refetch()} />
      </Page>
    );
  }
  const remove = async (one: Site) => {
    if (await deleteSite(one)) void navigate("/settings/sites", { replace: true });
  };
  return (
    <Page
      narrow
      title={site.data?.name ?? "Site"}
      intro={site.data ? `Added on ${date(site.data.created_at)}` : "\u00a0"}
      actions={<LinkButton to="/settings/sites">All sites</LinkButton>}
    >
      {/* A form starts anew when what it holds has changed on the server, and only then. */}
      {site.data ? (
        <>
          <Fields key={`fields ${JSON.stringify(formOf(site.data))}`} site={site.data} may={may} />
          <Sectors site={site.data} may={may} />
          <ReviewSetting key={`review ${JSON.stringify(site.data.settings)}`} site={site.data} may={may} />
          {may && (
            <Section title="Delete the site" intro="It goes offline at once, with everything in it.">
              <Button look="danger" icon={Trash2} onPress={() => void remove(site.data)}>
                Delete {site.data.name}
              </Button>
            </Section>
          )}
        </>
      ) : (
        <>
          <Skeleton className="h-96" />
          <Skeleton className="h-40" />
        </>
      )}
    </Page>
  );
}

function Fields({ site, may }: { site: Site; may: boolean }) {
  const [form, set] = useState(() => formOf(site));
  const workspaces = useWorkspaces();
  const body = change(site, form);
  const submit = async () => {
    if (!body) return;
    const params = { path: { id: site.id } };
    await call(api.PATCH("/api/auth/sites/{id}", { params, body, headers: ifMatch(site.version) }));
    invalidate("sites", "workspaces");
    told("The site is saved.");
  };
  return (
    <Section title="About the site">
      <InlineForm action="Save" submit={submit} changed={body !== undefined} hidden={!may}>
        {(errors) => (
          <>
            <SiteFields form={form} set={set} errors={errors} workspaces={workspaces.rows} isDisabled={!may} />
            <Address site={site} />
          </>
        )}
      </InlineForm>
    </Section>
  );
}

/** Where it is published, as far as is known before the first page is. */
function Address({ site }: { site: Site }) {
  return (
    <dl className="grid gap-x-6 gap-y-1 rounded-lg bg-sunk px-4 py-3 sm:grid-cols-[auto_1fr]">
      <dt className="text-ink-soft">Published</dt>
      <dd>
        {site.hosting_type === "igny8" ? "Hosted by IGNY8" : words(site.hosting_type)}, under an address that begins
        with <b className="font-medium break-all">{site.host}</b>
      </dd>
      {site.domain && (
        <>
          <dt className="text-ink-soft">{site.domain}</dt>
          <dd>
            {site.domain_verified_at
              ? `Verified on ${date(site.domain_verified_at)}`
              : "Not verified yet: pages are served under the IGNY8 address."}
          </dd>
        </>
      )}
    </dl>
  );
}

type Review = NonNullable<Site["settings"]>["review"];
const REVIEWS: { id: Review; name: string; note: string }[] = [
  { id: "never", name: "Never", note: "Articles may be published without a review." },
  { id: "first_n", name: "The first articles", note: "Until so many are approved, each must be approved by a person." },
  { id: "always", name: "Always", note: "Each article must be approved before it is published." },
];

function ReviewSetting({ site, may }: { site: Site; may: boolean }) {
  const kept = site.settings;
  const [review, setReview] = useState<Review>(kept?.review ?? "never");
  const [first, setFirst] = useState(kept?.review_first ?? 10);
  const changed = review !== kept?.review || (review === "first_n" && first !== kept?.review_first);
  const submit = async () => {
    const params = { path: { id: site.id } };
    const body = review === "first_n" ? { review, review_first: first } : { review };
    await call(api.PATCH("/api/auth/sites/{id}/settings", { params, body, headers: ifMatch(site.version) }));
    invalidate("sites");
    told("The review setting is saved.");
  };
  return (
    <Section title="Review" intro="Whether a person must approve articles before they are published.">
      <InlineForm action="Save" submit={submit} changed={changed} hidden={!may}>
        {(errors) => (
          <>
            <Choice
              label="Articles are reviewed"
              options={REVIEWS}
              value={review}
              onChange={setReview}
              isDisabled={!may}
              error={errors.review}
            />
            {review === "first_n" && (
              <NumberField
                label="How many"
                className="w-32"
                minValue={1}
                maxValue={1000}
                isDisabled={!may}
                value={first}
                onChange={setFirst}
                error={errors.review_first}
              />
            )}
          </>
        )}
      </InlineForm>
    </Section>
  );
}
