import { useEffect } from "react";
import { cx } from "@/lib/cx";

/** A page: its title (also the window's), what it is for, and its actions. */
export function Page({
  title,
  intro,
  actions,
  narrow,
  children,
}: {
  title: string;
  intro?: React.ReactNode;
  actions?: React.ReactNode;
  /** Forms and facts: lines that are read do not get longer than is good for reading. */
  narrow?: boolean;
  children: React.ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · IGNY8`;
  }, [title]);
  return (
    <div className={cx("mx-auto flex w-full flex-col gap-4 p-4 sm:p-6", narrow ? "max-w-4xl" : "max-w-[100rem]")}>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-48">
          <h1 className="break-words">{title}</h1>
          {intro && <div className="mt-0.5 max-w-2xl text-ink-soft">{intro}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
