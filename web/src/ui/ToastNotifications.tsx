/**
 * Short notices in a corner: what was done, with a way back where there is one. Errors stay until they are closed. What is
 * said anew of the same thing takes the place of what was said before; of many, the newest are shown.
 */
import { CheckCircle2, CircleAlert, X } from "lucide-react";
import { useState } from "react";
import { create } from "zustand";
import { sentence } from "@/api/problem";
import { count } from "@/lib/format";
import { Button, IconButton } from "./Button";

type Toast = {
  id: number;
  kind: "good" | "bad";
  text: string;
  action?: { label: string; run: () => void };
  /** What it is about, as a job by its id. */
  about?: string;
};

const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));
const SECONDS = 7;
/** How many are shown at once, unless one asks for the rest. */
const MOST = 3;
let next = 1;
const ends = new Map<number, ReturnType<typeof setTimeout>>();

function close(ids: number[]): void {
  for (const id of ids) {
    clearTimeout(ends.get(id));
    ends.delete(id);
  }
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => !ids.includes(toast.id)) }));
}

/** One that is about the same thing; what is about nothing in particular is the same when it says the same. */
function isSame(one: Toast, other: Omit<Toast, "id">): boolean {
  if (one.about || other.about) return one.about === other.about;
  return one.kind === other.kind && one.text === other.text;
}

function show(toast: Omit<Toast, "id">): void {
  const { toasts } = useToasts.getState();
  const known = toasts.find((one) => isSame(one, toast));
  const id = known?.id ?? next++;
  const shown = { ...toast, id };
  useToasts.setState({ toasts: known ? toasts.map((one) => (one === known ? shown : one)) : [...toasts, shown] });
  clearTimeout(ends.get(id));
  if (toast.kind === "good") {
    ends.set(
      id,
      setTimeout(() => close([id]), SECONDS * 1000),
    );
  }
}

/** Says that something was done; `action` is a way back or on. Of the same thing (`about`) only the last word stands. */
export function told(text: string, action?: Toast["action"], about?: string): void {
  show({ kind: "good", text, action, about });
}

/** Says what went wrong. */
export function failed(error: unknown, about?: string): void {
  show({ kind: "bad", text: typeof error === "string" ? error : sentence(error), about });
}

export function ToastNotifications() {
  const toasts = useToasts((state) => state.toasts);
  const [all, setAll] = useState(false);
  const isMany = toasts.length > MOST;
  // Who has asked for all of them sees all until there are few again.
  if (all && !isMany) setAll(false);
  const shown = all ? toasts : toasts.slice(-MOST);
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      // Notices stand above the actions on chosen rows, not on them.
      className="pointer-events-none fixed right-0 bottom-0 z-50 flex max-h-dvh w-full flex-col gap-2 p-4 sm:w-96 [body:has([data-over-the-foot])_&]:bottom-16"
    >
      {isMany && (
        <div className="card pointer-events-auto flex items-center justify-between gap-2 py-1 pr-2 pl-4 text-[13px] text-ink-soft shadow-lg">
          {all ? count(toasts.length, "message") : `${count(toasts.length - MOST, "message")} more`}
          <span className="flex gap-1">
            <Button size="sm" look="quiet" onPress={() => setAll(!all)}>
              {all ? "Show fewer" : "Show all"}
            </Button>
            <Button size="sm" look="quiet" onPress={() => close(toasts.map(({ id }) => id))}>
              Close all
            </Button>
          </span>
        </div>
      )}
      <div className={all ? "pointer-events-auto flex min-h-0 flex-col gap-2 overflow-y-auto" : "contents"}>
        {shown.map((toast) => (
          <OneToast key={toast.id} toast={toast} />
        ))}
      </div>
    </section>
  );
}

function OneToast({ toast: { id, kind, text, action } }: { toast: Toast }) {
  return (
    <div className="pop card pointer-events-auto flex shrink-0 items-start gap-3 py-3 pr-2 pl-4 shadow-lg">
      {kind === "good" ? (
        <CheckCircle2 className="mt-0.5 size-[18px] shrink-0 text-good" aria-hidden />
      ) : (
        <CircleAlert className="mt-0.5 size-[18px] shrink-0 text-bad" aria-hidden />
      )}
      <p className="min-w-0 flex-1 break-words">
        {text}
        {action && (
          <button
            type="button"
            className="ml-2 cursor-pointer font-medium text-brand underline-offset-2 hover:underline"
            onClick={() => {
              action.run();
              close([id]);
            }}
          >
            {action.label}
          </button>
        )}
      </p>
      <IconButton label="Close notice" icon={X} className="-my-1.5" onPress={() => close([id])} />
    </div>
  );
}
