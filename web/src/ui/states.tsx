/** What a page shows when it has nothing to show: it is loading, it is empty, it failed, it may not. */
import { CircleAlert, Inbox, Lock, type LucideIcon, WifiOff } from "lucide-react";
import { ApiError, sentence } from "@/api/problem";
import { cx } from "@/lib/cx";
import { Button } from "./Button";

/** Names for places whose content is still on its way. */
export const places = (count: number) => Array.from({ length: count }, (_, n) => `place ${n + 1}`);

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden data-skeleton className={cx("animate-pulse rounded-md bg-sunk", className)} />;
}

/** The place of a whole page. Padding, not margin: a margin would move the body itself, and all with it when it goes. */
export function PageSkeleton() {
  return (
    <div className="p-4 sm:p-6">
      <Skeleton className="h-64" />
    </div>
  );
}

function Place({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon;
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="mb-1 rounded-full bg-sunk p-3">
        <Icon className="size-6 text-ink-soft" aria-hidden />
      </span>
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-md text-ink-soft">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** Nothing is there yet: says what would be here and how to get it. */
export function EmptyState(props: {
  icon?: LucideIcon;
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
}) {
  return <Place {...props} icon={props.icon ?? Inbox} />;
}

/** It could not be loaded: says why and how to go on. */
export function ErrorState({ error, again }: { error: unknown; again?: () => void }) {
  const problem = error instanceof ApiError ? error : undefined;
  const offline = problem?.code === "offline";
  const denied = problem?.status === 403;
  const title = offline
    ? "You are offline"
    : denied
      ? "Your role may not see this"
      : problem?.status === 404
        ? "This does not exist any more"
        : "This could not be loaded";
  return (
    <div role="alert">
      <Place
        icon={offline ? WifiOff : denied ? Lock : CircleAlert}
        title={title}
        action={again && !denied && <Button onPress={again}>Try again</Button>}
      >
        {sentence(error)}
        {problem?.requestId && <span className="mt-1 block text-xs">Request {problem.requestId}</span>}
      </Place>
    </div>
  );
}
