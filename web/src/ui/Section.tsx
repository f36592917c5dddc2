import { useId } from "react";
import { cx } from "@/lib/cx";

/** A part of a page in a card of its own, with its title, what it is for, and its actions. */
export function Section({
  title,
  intro,
  actions,
  children,
  flush,
  className,
}: {
  title: React.ReactNode;
  intro?: React.ReactNode;
  actions?: React.ReactNode;
  children: React.ReactNode;
  /** What is inside reaches the edges, as a list of rows does. */
  flush?: boolean;
  className?: string;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cx("card min-w-0", className)}>
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-5 pt-4">
        <div className="min-w-0 flex-1 basis-40">
          <h2 id={id} className="break-words">
            {title}
          </h2>
          {intro && <div className="mt-0.5 max-w-2xl text-ink-soft">{intro}</div>}
        </div>
        {actions && <div className="-my-1 flex min-h-8 flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <div className={flush ? "pt-3" : "px-5 pt-4 pb-5"}>{children}</div>
    </section>
  );
}
