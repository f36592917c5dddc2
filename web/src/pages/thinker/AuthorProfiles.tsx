/** Author profiles: in whose voice content is written, and whose name stands under it. */
import { Pencil, Plus, Sparkles, Trash2, UserPen } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import type { AuthorProfile, AuthorProfileInput } from "@/api/types";
import { linesOf } from "@/pages/planner/lines";
import { act } from "@/pages/settings/resources";
import { RowActions } from "@/ui/ActionButtons";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { EmptyState } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { DraftDialog } from "./DraftDialog";
import { useProfiles } from "./resources";

type Of = { profile?: AuthorProfile; draft?: Partial<AuthorProfileInput> };
type Open = { of: Of; key: string };

export function AuthorProfiles() {
  const may = useMay("editor");
  const profiles = useProfiles();
  const [open, setOpen] = useState<Open>();
  const [drafting, setDrafting] = useState(false);
  const remove = async (profile: AuthorProfile) => {
    const yes = await confirm({
      title: `Delete ${profile.name}?`,
      body: "Tasks and strategies that name this author go on without one. What was written stays; with the next publishing their name and their page leave your sites.",
      action: `Delete ${profile.name}`,
      danger: true,
    });
    if (!yes) return;
    const request = { params: { path: { id: profile.id } }, headers: ifMatch(profile.version) };
    const deed = () => call(api.DELETE("/api/thinker/author-profiles/{id}", request));
    await act(deed, `${profile.name} is deleted.`, "author-profiles");
  };
  const add = (
    <Button look="primary" icon={Plus} onPress={() => setOpen({ key: "new", of: {} })}>
      Add author
    </Button>
  );
  return (
    <Page
      narrow
      title="Author profiles"
      intro="In whose voice the AI writes, and whose name stands under it, with a page of their own on your site."
      actions={
        may && (
          <>
            <Button icon={Sparkles} onPress={() => setDrafting(true)}>
              Draft with AI
            </Button>
            {add}
          </>
        )
      }
    >
      <Section flush title="Authors">
        <RowList
          label="Authors"
          items={profiles.rows}
          state={profiles}
          empty={
            <EmptyState icon={UserPen} title="No authors yet" action={may && add}>
              An author gives your texts a voice: who speaks, how, and with which experience.
            </EmptyState>
          }
          row={(profile) => (
            <Row
              key={profile.id}
              title={profile.name}
              note={[profile.job_title, profile.tone].filter(Boolean).join(" · ")}
              actions={
                may && (
                  <RowActions
                    label={`Actions for ${profile.name}`}
                    entries={[
                      {
                        id: "edit",
                        label: "Edit",
                        icon: Pencil,
                        run: () => setOpen({ of: { profile }, key: profile.id }),
                      },
                      { id: "delete", label: "Delete", icon: Trash2, danger: true, run: () => void remove(profile) },
                    ]}
                  />
                )
              }
            />
          )}
        />
      </Section>
      {open && <ProfileForm key={open.key} {...open.of} close={() => setOpen(undefined)} />}
      {drafting && (
        <DraftDialog
          kind="persona"
          close={() => setDrafting(false)}
          take={(draft) => setOpen({ of: { draft: draft as Partial<AuthorProfileInput> }, key: "draft" })}
        />
      )}
    </Page>
  );
}

function ProfileForm({ profile, draft, close }: Of & { close: () => void }) {
  const from = profile ?? draft;
  const [form, setForm] = useState({
    name: from?.name ?? "",
    job_title: from?.job_title ?? "",
    persona: from?.persona ?? "",
    tone: from?.tone ?? "",
    language: from?.language ?? "",
    bio: from?.bio ?? "",
    credentials: (from?.credentials ?? []).join("\n"),
    same_as: (from?.same_as ?? []).join("\n"),
  });
  const [version] = useState(profile?.version ?? 0);
  const submit = async () => {
    const body = { ...form, credentials: linesOf(form.credentials), same_as: linesOf(form.same_as) };
    if (profile) {
      const request = { params: { path: { id: profile.id } }, headers: ifMatch(version), body };
      await call(api.PUT("/api/thinker/author-profiles/{id}", request));
    } else {
      await call(api.POST("/api/thinker/author-profiles", { body }));
    }
    told(`${form.name.trim()} is saved.`);
    invalidate("author-profiles");
  };
  return (
    <FormModal
      title={profile ? `Edit ${profile.name}` : "Add author"}
      action={profile ? "Save" : "Add author"}
      isOpen
      width="lg"
      onClose={close}
      submit={submit}
      values={form}
    >
      {(errors) => {
        const of = (name: keyof typeof form) => ({
          value: form[name],
          onChange: (value: string) => setForm({ ...form, [name]: value }),
          error: errors[name] ?? errors[`${name}[0]`],
        });
        return (
          <>
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField label="Name" isRequired autoFocus maxLength={100} {...of("name")} hint="As readers see it." />
              <TextField label="Job title" maxLength={100} {...of("job_title")} />
            </div>
            <TextField
              label="Persona"
              rows={3}
              maxLength={600}
              {...of("persona")}
              hint="For the AI: who this is, and how they see things."
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField label="Tone" maxLength={200} {...of("tone")} hint="How they write: calm, short sentences." />
              <TextField label="Language" maxLength={35} {...of("language")} hint="As en; empty takes the site's." />
            </div>
            <TextField label="Bio" rows={3} maxLength={600} {...of("bio")} hint="For readers." />
            <TextField
              label="Credentials"
              rows={2}
              {...of("credentials")}
              hint="One per line: what shows that they know the subject."
            />
            <TextField label="Profiles elsewhere" rows={2} {...of("same_as")} hint="One https:// address per line." />
          </>
        );
      }}
    </FormModal>
  );
}
