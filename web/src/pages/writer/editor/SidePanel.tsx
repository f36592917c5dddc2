/** What search engines and lists show of the content: title, address, teaser, and a picture of the search result. */
import { TextField } from "@/ui/Field";
import { DESCRIPTION, measured, type Room, shown, TITLE } from "./pixels";
import { type Field, type Fields, MOST } from "./useContent";

/** The room that search engines have: a rule of thumb, not a limit. */
const ROOMS: Partial<Record<Field, Room>> = { meta_title: TITLE, meta_description: DESCRIPTION };

const LABELS: Record<Exclude<Field, "title">, { label: string; rows?: number; hint?: string }> = {
  slug: { label: "Address on the site", hint: "Small letters, digits and hyphens." },
  excerpt: { label: "Excerpt", rows: 3, hint: "A teaser of one or two sentences, for lists." },
  meta_title: { label: "Title in search results" },
  meta_description: { label: "Description in search results", rows: 3 },
};

/** `62 of 120 characters`, or where search engines cut, `540 of 580 pixels`. */
export function counter(name: Field, value: string): string {
  const room = ROOMS[name];
  return room ? measured(value, room) : `${[...value].length} of ${MOST[name]} characters`;
}

export function SidePanel({
  fields,
  errors,
  host,
  readOnly,
  set,
}: {
  fields: Fields;
  errors: Record<string, string>;
  /** Where the page will be, as `example.com`. */
  host: string;
  readOnly: boolean;
  set: (name: Field, value: string) => void;
}) {
  return (
    <section aria-labelledby="search-heading" className="card flex flex-col gap-4 px-5 py-4">
      <h2 id="search-heading">In search and lists</h2>
      <SearchResult fields={fields} host={host} />
      {(Object.keys(LABELS) as (keyof typeof LABELS)[]).map((name) => {
        const { label, rows, hint } = LABELS[name];
        return (
          <TextField
            key={name}
            label={label}
            rows={rows}
            value={fields[name]}
            onChange={(value) => set(name, value)}
            isReadOnly={readOnly}
            maxLength={MOST[name]}
            error={errors[name]}
            hint={name === "slug" ? hint : `${hint ? `${hint} ` : ""}${counter(name, fields[name])}`}
          />
        );
      })}
    </section>
  );
}

/** About how a search engine shows it. */
function SearchResult({ fields, host }: { fields: Fields; host: string }) {
  const title = fields.meta_title || fields.title || "Untitled";
  const description = fields.meta_description || fields.excerpt;
  return (
    <figure className="rounded-lg bg-sunk px-4 py-3">
      <p className="truncate text-xs text-ink-soft">
        {host} › {fields.slug}
      </p>
      <p className="mt-1 text-base leading-snug break-words text-brand">{shown(title, TITLE)}</p>
      <p className="mt-1 min-h-10 text-[13px] break-words text-ink-soft">
        {description
          ? shown(description, DESCRIPTION)
          : "Without a description, search engines pick a sentence from the page."}
      </p>
      <figcaption className="sr-only">About how a search engine shows this page</figcaption>
    </figure>
  );
}
