import { cx } from "@/lib/cx";
import { words } from "@/lib/format";

export type Tone = "plain" | "brand" | "good" | "warn" | "bad";

const TONES: Record<Tone, string> = {
  plain: "bg-sunk text-ink-soft",
  brand: "bg-brand-soft text-brand-strong",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export function Badge({ tone = "plain", children }: { tone?: Tone; children: React.ReactNode }) {
  return (
    <span className={cx("inline-block rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", TONES[tone])}>
      {children}
    </span>
  );
}

const STATUS: Record<string, Tone> = {
  new: "brand",
  clustered: "good",
  mapped: "good",
  archived: "plain",
  accepted: "brand",
  written: "good",
  rejected: "plain",
  queued: "brand",
  preparing: "brand",
  running: "brand",
  in_progress: "brand",
  dispatched: "brand",
  waiting: "plain",
  draft: "warn",
  review: "warn",
  approved: "good",
  published: "good",
  prompted: "plain",
  generating: "brand",
  uploading: "plain",
  ready: "good",
  succeeded: "good",
  partial: "warn",
  failed: "bad",
  cancelled: "plain",
  trial: "brand",
  active: "good",
  past_due: "warn",
  suspended: "bad",
  pending: "warn",
  revoked: "plain",
};

/** The status of anything, always in the same colours. */
export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={STATUS[status] ?? "plain"}>{words(status)}</Badge>;
}
