/** What files a content: who stands under it, category, tags, language, and the old addresses that lead to it. */
import { X } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import type { ContentView } from "@/api/types";
import { useProfiles } from "@/pages/thinker/resources";
import { Button, IconButton } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Select, TextField } from "@/ui/Field";
import { failed, told } from "@/ui/ToastNotifications";
import { fieldErrors } from "./BlockErrors";
import { change, keep } from "./useContent";

/** The people that may be chosen; one who was deleted since keeps a place as long as they are chosen. */
export function peopleOf(profiles: readonly { id: string; name: string }[], chosen: string) {
  const people = profiles.map(({ id, name }) => ({ id, name }));
  const gone = chosen !== "" && !people.some(({ id }) => id === chosen);
  return gone ? [...people, { id: chosen, name: "Somebody who was deleted" }] : people;
}

/** `Brakes, Oil change` as the tags that it names. */
export function tagsOf(text: string): string[] {
  return text
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
}

export function DetailsPanel({
  content,
  readOnly,
  taken,
}: {
  content: ContentView;
  readOnly: boolean;
  /** Takes a saved state over. */
  taken: (content: ContentView) => void;
}) {
  const saved = valuesOf(content);
  const profiles = useProfiles();
  const [values, setValues] = useState(saved);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const dirty = (Object.keys(saved) as (keyof typeof saved)[]).some((name) => values[name] !== saved[name]);
  const errors = fieldErrors(error);
  const set = (name: keyof typeof saved) => (value: string) => setValues((before) => ({ ...before, [name]: value }));
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const body = {
        category: values.category.trim() || null,
        tags: tagsOf(values.tags),
        language: values.language.trim(),
        // Who is gone stays named, unless somebody chooses another.
        ...(values.author !== saved.author && { author_profile_id: values.author || null }),
        ...(values.reviewer !== saved.reviewer && { reviewer_profile_id: values.reviewer || null }),
      };
      const next = await change(content.id, body, content.version);
      taken(next);
      setValues(valuesOf(next));
      told("Saved.");
    } catch (thrown) {
      setError(thrown);
      if (Object.keys(fieldErrors(thrown)).length === 0) failed(thrown);
    } finally {
      setBusy(false);
    }
  };
  const tagError = Object.entries(errors).find(([name]) => name.startsWith("tags"))?.[1];
  return (
    <section aria-labelledby="details-heading" className="card flex flex-col gap-4 px-5 py-4">
      <h2 id="details-heading">Author, category, tags and language</h2>
      {profiles.rows.length === 0 && !saved.author && !saved.reviewer ? (
        <p className="text-[13px] text-ink-soft">
          {profiles.loading ? "\u00a0" : "Readers see no author: there are no author profiles yet."}
        </p>
      ) : readOnly ? (
        <People profiles={profiles.rows} author={saved.author} reviewer={saved.reviewer} />
      ) : (
        <>
          <Select
            label="Author"
            none="Nobody"
            options={peopleOf(profiles.rows, values.author)}
            value={values.author}
            onChange={set("author")}
            error={errors.author_profile_id}
            hint="Their name stands under it, and what the AI writes anew is in their voice."
          />
          <Select
            label="Reviewed by"
            none="Nobody"
            options={peopleOf(profiles.rows, values.reviewer)}
            value={values.reviewer}
            onChange={set("reviewer")}
            error={errors.reviewer_profile_id}
            hint="Readers and search engines are told so: choose them once they have read it."
          />
        </>
      )}
      <TextField
        label="Category"
        value={values.category}
        onChange={set("category")}
        isReadOnly={readOnly}
        maxLength={80}
        error={errors.category}
        hint="Pages of one category are listed together on the site."
      />
      <TextField
        label="Tags"
        value={values.tags}
        onChange={set("tags")}
        isReadOnly={readOnly}
        error={tagError}
        hint="At most 10, with commas between them."
      />
      <TextField
        label="Language"
        value={values.language}
        onChange={set("language")}
        isReadOnly={readOnly}
        maxLength={35}
        error={errors.language}
        hint="For example en, pt-BR or zh-Hant."
      />
      {!readOnly && (
        <Button className="self-start" busy={busy} isDisabled={!dirty} onPress={() => void save()}>
          Save these
        </Button>
      )}
      <OldAddresses content={content} readOnly={readOnly} taken={taken} />
    </section>
  );
}

function valuesOf(content: ContentView) {
  return {
    author: content.author_profile_id ?? "",
    reviewer: content.reviewer_profile_id ?? "",
    category: content.category ?? "",
    tags: (content.tags ?? []).join(", "),
    language: content.language,
  };
}

/** Author and reviewer, for those who may only read. */
function People({
  profiles,
  author,
  reviewer,
}: {
  profiles: readonly { id: string; name: string }[];
  author: string;
  reviewer: string;
}) {
  const name = (id: string) => peopleOf(profiles, id).find((person) => person.id === id)?.name ?? "Nobody";
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      <dt className="text-ink-soft">Author</dt>
      <dd>{name(author)}</dd>
      <dt className="text-ink-soft">Reviewed by</dt>
      <dd>{name(reviewer)}</dd>
    </dl>
  );
}

function OldAddresses({
  content,
  readOnly,
  taken,
}: {
  content: ContentView;
  readOnly: boolean;
  taken: (content: ContentView) => void;
}) {
  const old = content.redirects ?? [];
  if (old.length === 0) return null;
  const release = async (slug: string) => {
    const sure = await confirm({
      title: `Release /${slug}?`,
      body: "Links to it stop working after the next publication, and another page may take the address.",
      action: "Release address",
      danger: true,
    });
    if (!sure) return;
    try {
      const request = api.DELETE("/api/writer/content/{id}/redirects/{slug}", {
        params: { path: { id: content.id, slug } },
        headers: ifMatch(content.version),
      });
      taken(keep((await call(request)) as ContentView));
      told(`/${slug} is free again.`);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <div>
      <h3 className="text-[13px] font-medium">Old addresses that lead here</h3>
      <ul className="mt-1 flex flex-col">
        {old.map((slug) => (
          <li key={slug} className="flex items-center justify-between gap-2">
            <span className="min-w-0 break-all text-ink-soft">/{slug}</span>
            {!readOnly && <IconButton label={`Release /${slug}`} icon={X} onPress={() => void release(slug)} />}
          </li>
        ))}
      </ul>
    </div>
  );
}
