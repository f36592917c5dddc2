/** What search engines and lists show of the content: title, address, teaser, and a picture of the search result. */
import { TextField } from "@/ui/Field";
import { type Field, type Fields, MOST } from "./useContent";

/** What search engines show before they cut, in characters: a rule of thumb, not a limit. */
const SHOWN: Partial<Record<Field, number>> = { meta_title: 60, meta_description: 160 };

const LABELS: Record<Exclude<Field, "title">, { label: string; rows?: number; hint?: string }> = {
  slug: { label: "Address on the site", hint: "Small letters, digits and hyphens." },
  excerpt: { label: "Excerpt", rows: 3, hint: "A teaser of one or two sentences, for lists." },
  meta_title: { label: "Title in search results" },
  meta_description: { label: "Description in search results", rows: 3 },
};

/** `62 of 120, search engines show about 60`. */
export function counter(name: Field, value: string): string {
  const length = [...value].length;
  const shown = SHOWN[name];
  const over = shown !== undefined && length > shown ? `, search engines show about ${shown}` : "";
  return `${length} of ${MOST[name]}${over}`;
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
    <section aria-labelledby="search-heading" className="card flex flex-col gap-4 p-4">
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

function cut(text: string, most: number): string {
  const signs = [...text];
  return signs.length > most
    ? `${signs
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
    : text;
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
      <p className="mt-1 text-base leading-snug break-words text-brand">{cut(title, 60)}</p>
      <p className="mt-1 min-h-10 text-[13px] break-words text-ink-soft">
        {description ? cut(description, 160) : "Without a description, search engines pick a sentence from the page."}
      </p>
      <figcaption className="sr-only">About how a search engine shows this page</figcaption>
    </figure>
  );
}
