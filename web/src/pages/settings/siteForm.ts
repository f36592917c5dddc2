/** What a site is made of, as a form holds it: texts, where empty means that there is none. */
import type { components } from "@/api/schema";
import type { Site } from "@/api/types";

type SiteCreate = components["schemas"]["SiteCreate"];
type SitePatch = components["schemas"]["SitePatch"];

export type SiteForm = {
  name: string;
  domain: string;
  site_type: Site["site_type"];
  industry: string;
  locale: string;
  workspace_id: string;
};

export const SITE_TYPES: { id: Site["site_type"]; name: string }[] = [
  { id: "blog", name: "Blog" },
  { id: "marketing", name: "Marketing site" },
  { id: "ecommerce", name: "Shop" },
  { id: "portfolio", name: "Portfolio" },
  { id: "corporate", name: "Company site" },
];

/** The languages that are offered; a site may have any other, which is then offered too. */
const LOCALES = [
  "en",
  "en-GB",
  "es",
  "de",
  "fr",
  "it",
  "pt",
  "pt-BR",
  "nl",
  "pl",
  "sv",
  "da",
  "nb",
  "fi",
  "cs",
  "ro",
  "tr",
  "ar",
  "hi",
  "ur",
  "id",
  "ja",
  "ko",
  "zh",
];

const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });

export function language(locale: string): string {
  try {
    return LANGUAGES.of(locale) ?? locale;
  } catch {
    return locale;
  }
}

export function localeOptions(chosen: string): { id: string; name: string }[] {
  const all = LOCALES.includes(chosen) || !chosen ? LOCALES : [chosen, ...LOCALES];
  return all.map((id) => ({ id, name: language(id) }));
}

/** Two-letter start of the browser's language, where it is one that is offered. */
function ownLocale(): string {
  const own = navigator.language.split("-")[0] ?? "";
  return LOCALES.includes(own) ? own : "en";
}

export function formOf(site?: Site, workspace = ""): SiteForm {
  return {
    name: site?.name ?? "",
    domain: site?.domain ?? "",
    site_type: site?.site_type ?? "blog",
    industry: site?.industry ?? "",
    locale: site?.locale ?? ownLocale(),
    workspace_id: site ? (site.workspace_id ?? "") : workspace,
  };
}

export function creation(form: SiteForm): SiteCreate {
  return {
    name: form.name.trim(),
    domain: form.domain.trim() || null,
    site_type: form.site_type,
    // The one place that exists today.
    hosting_type: "igny8",
    industry: form.industry.trim() || null,
    locale: form.locale,
    workspace_id: form.workspace_id || null,
  };
}

/** What is wrong with a domain, by the server's own rule; nothing when it is one, or when there is none. */
export function domainProblem(text: string): string | undefined {
  const domain = text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/\/$/, "")
    .replace(/\.$/, "");
  if (domain === "") return undefined;
  const labels = domain.split(".");
  const isFine = labels.every((label) => /^[a-z0-9-]{1,63}$/.test(label) && !/^-|-$/.test(label));
  if (isFine && labels.length > 1 && domain.length <= 253 && /[^\d.]/.test(domain)) return undefined;
  // A name with letters beyond a to z has another form, which is the one that the server takes.
  const url = `http://${domain}`;
  const host = /^[\p{L}\p{N}.-]+$/u.test(domain) && URL.canParse(url) ? new URL(url).host : "";
  return /xn--.*\../.test(host)
    ? `Write it in its international form: ${host}`
    : "Write a domain like www.example.com, without spaces and without what comes after it.";
}

/** What the form changes of a site; undefined when it changes nothing. */
export function change(site: Site, form: SiteForm): SitePatch | undefined {
  const patch: SitePatch = {};
  if (form.name.trim() !== site.name) patch.name = form.name.trim();
  if (form.domain.trim() !== (site.domain ?? "")) patch.domain = form.domain.trim() || null;
  if (form.site_type !== site.site_type) patch.site_type = form.site_type;
  if (form.industry.trim() !== (site.industry ?? "")) patch.industry = form.industry.trim() || null;
  if (form.locale !== site.locale) patch.locale = form.locale;
  if (form.workspace_id !== (site.workspace_id ?? "")) patch.workspace_id = form.workspace_id || null;
  return Object.keys(patch).length > 0 ? patch : undefined;
}
