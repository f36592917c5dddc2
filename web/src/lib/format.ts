/** Numbers, dates and names as people read them. */

const NUMBER = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const SECOND = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const number = (value: number) => NUMBER.format(value);
export const compact = (value: number) => COMPACT.format(value);
export const date = (iso: string) => DATE.format(new Date(iso));
export const moment = (iso: string) => MOMENT.format(new Date(iso));

/** Moments that can be told apart: with seconds where another one is of the same minute. */
export function moments(all: string[]): string[] {
  const minutes = all.map(moment);
  return all.map((iso, at) => {
    const minute = minutes[at] ?? "";
    const isAlone = minutes.indexOf(minute) === minutes.lastIndexOf(minute);
    return isAlone ? minute : SECOND.format(new Date(iso));
  });
}

/** `3 minutes ago`, or the date when it is longer ago than a week. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [60, "second"],
    [3600, "minute"],
    [86_400, "hour"],
    [604_800, "day"],
  ];
  let unit = 1;
  for (const [limit, name] of steps) {
    if (Math.abs(seconds) < limit) return RELATIVE.format(Math.round(seconds / unit), name);
    unit = limit;
  }
  return date(iso);
}

/** `14 s`, `2 min 5 s`, `1 h 5 min`; clocks that differ give no negative time. */
export function elapsed(seconds: number): string {
  const all = Math.max(0, Math.round(seconds));
  if (all < 60) return `${all} s`;
  if (all < 3600) return `${Math.floor(all / 60)} min ${all % 60} s`;
  return `${Math.floor(all / 3600)} h ${Math.floor((all % 3600) / 60)} min`;
}

/** `1 keyword`, `2 keywords`; the plural is given when it is not made by an s. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

export const credits = (amount: number) => count(amount, "credit");

/** `all_new` → `All new`. */
export function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the functions of jobs are called on screen. */
export const FUNCTIONS: Record<string, string> = {
  auto_cluster: "Cluster keywords",
  generate_ideas: "Generate ideas",
  generate_content: "Write articles",
  generate_image_prompts: "Plan pictures",
  generate_images: "Make pictures",
  regenerate_content: "Write anew",
  generate_variation: "Find variations",
  reparse_content: "Read again",
  import_keywords: "Import keywords",
  merge_clusters: "Merge clusters",
  unmerge_clusters: "Take a merge back",
  publish: "Publish",
  test_prompt: "Try a prompt",
  test_image: "Try picture models",
  check_prompt: "Check a prompt",
  draft_prompt: "Draft a prompt",
  draft_persona: "Draft an author",
  draft_strategy: "Draft a strategy",
};
export const functionName = (name: string) => FUNCTIONS[name] ?? words(name);

/** Money from cents. */
export const money = (cents: number, digits = 2) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: digits }).format(
    cents / 100,
  );
