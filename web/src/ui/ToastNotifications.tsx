/** Short notices in a corner: what was done, with a way back where there is one. Errors stay until they are closed. */
import { CheckCircle2, CircleAlert, X } from "lucide-react";
import { create } from "zustand";
import { sentence } from "@/api/problem";
import { IconButton } from "./Button";

type Toast = {
  id: number;
  kind: "good" | "bad";
  text: string;
  action?: { label: string; run: () => void };
};

const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));
const SECONDS = 7;
let next = 1;

function close(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

function show(toast: Omit<Toast, "id">): void {
  const id = next++;
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-3), { ...toast, id }] }));
  if (toast.kind === "good") setTimeout(() => close(id), SECONDS * 1000);
}

/** Says that something was done; `action` is a way back or on. */
export function told(text: string, action?: Toast["action"]): void {
  show({ kind: "good", text, action });
}

/** Says what went wrong. */
export function failed(error: unknown): void {
  show({ kind: "bad", text: typeof error === "string" ? error : sentence(error) });
}

export function ToastNotifications() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      // Notices stand above the actions on chosen rows, not on them.
      className="pointer-events-none fixed right-0 bottom-0 z-50 flex w-full flex-col gap-2 p-4 sm:w-96 [body:has([data-over-the-foot])_&]:bottom-16"
    >
      {toasts.map((toast) => (
        <div key={toast.id} className="pop card pointer-events-auto flex items-start gap-3 py-3 pr-2 pl-4 shadow-lg">
          {toast.kind === "good" ? (
            <CheckCircle2 className="mt-0.5 size-[18px] shrink-0 text-good" aria-hidden />
          ) : (
            <CircleAlert className="mt-0.5 size-[18px] shrink-0 text-bad" aria-hidden />
          )}
          <p className="min-w-0 flex-1 break-words">
            {toast.text}
            {toast.action && (
              <button
                type="button"
                className="ml-2 cursor-pointer font-medium text-brand underline-offset-2 hover:underline"
                onClick={() => {
                  toast.action?.run();
                  close(toast.id);
                }}
              >
                {toast.action.label}
              </button>
            )}
          </p>
          <IconButton label="Close notice" icon={X} className="-my-1.5" onPress={() => close(toast.id)} />
        </div>
      ))}
    </section>
  );
}
