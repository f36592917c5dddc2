/**
 * Asks before something that costs credits: what it will do, to how many, for how many credits, and what remains. The
 * figures are the server's own estimate (`?estimate=true`). `CostDialog` stands once, in the shell and in the
 * setup; the job's end is told by the job tray.
 */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { create } from "zustand";
import { ApiError, sentence } from "@/api/problem";
import { invalidate, useBalance } from "@/api/query";
import { startedJobs } from "@/api/resources";
import type { Estimated } from "@/api/types";
import { count, credits, number } from "@/lib/format";
import { useUi } from "@/lib/store";
import { Button, LinkButton } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorState, Skeleton } from "./states";
import { told } from "./ToastNotifications";

export type Cost = {
  /** "Write articles". */
  title: string;
  /** What will happen, in a sentence. */
  what: React.ReactNode;
  /** What an item of the estimate is. */
  noun: string;
  plural?: string;
  estimate: () => Promise<Estimated>;
  /** Starts it; answers the job that was started. */
  start: () => Promise<{ job: { id: string } }>;
  /** Called with the job's id once it runs. */
  onStarted?: (job: string) => void;
};

const useCost = create<{ cost?: Cost }>(() => ({}));

/** Opens the dialog. */
export function spend(cost: Cost): void {
  useCost.setState({ cost });
}

export function CostDialog() {
  const cost = useCost((state) => state.cost);
  // Whoever signs in after the one who was asked is not asked in their place.
  useEffect(() => () => useCost.setState({ cost: undefined }), []);
  if (!cost) return null;
  return <Asked cost={cost} close={() => useCost.setState({ cost: undefined })} />;
}

function Asked({ cost, close }: { cost: Cost; close: () => void }) {
  const balance = useBalance();
  const begun = useRef(false);
  const estimate = useQuery({ queryKey: ["estimate", cost], queryFn: cost.estimate, gcTime: 0, staleTime: 0 });
  const start = useMutation({
    mutationFn: cost.start,
    onSuccess: ({ job }) => {
      startedJobs.add(job.id);
      invalidate("jobs", "balance", "tasks", "ideas", "keywords");
      told(`${cost.title}: started.`, { label: "Show progress", run: () => useUi.getState().show({ trayOpen: true }) });
      cost.onStarted?.(job.id);
      close();
    },
    onError: () => {
      begun.current = false;
      // Somebody else may have spent meanwhile: what is left is read again, so that the figures hold.
      invalidate("balance");
    },
  });
  /** Once for each question: the second press of a double-click comes before the button shows that it is busy. */
  const begin = () => {
    if (begun.current) return;
    begun.current = true;
    start.mutate();
  };
  const price = estimate.data?.credits;
  const available = balance.data?.available;
  const remains = price !== undefined && available !== undefined ? available - price : undefined;
  const short = remains !== undefined && remains < 0;
  const nothing = estimate.data?.items === 0;
  return (
    <Dialog
      alert
      isOpen
      width="sm"
      title={cost.title}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>Cancel</Button>
          {short ? (
            <LinkButton look="primary" to="/billing" onClick={close}>
              See credits and plans
            </LinkButton>
          ) : (
            <Button
              look="primary"
              autoFocus
              // Waiting keeps the focus; what is disabled loses it.
              busy={start.isPending || estimate.isPending}
              isDisabled={nothing || estimate.isError}
              onPress={begin}
            >
              {price === undefined ? "Start" : price === 0 ? "Start, free" : `Spend up to ${credits(price)}`}
            </Button>
          )}
        </>
      }
    >
      <p>{cost.what}</p>
      {estimate.error ? (
        <ErrorState error={estimate.error} again={() => void estimate.refetch()} />
      ) : (
        <dl className="mt-4 grid grid-cols-[1fr_auto] gap-x-6 gap-y-2 rounded-lg bg-sunk px-4 py-3">
          <Line label="Items" value={estimate.data && count(estimate.data.items, cost.noun, cost.plural)} />
          <Line label="Cost at most" value={price === undefined ? undefined : credits(price)} />
          <Line label="Available now" value={available === undefined ? undefined : number(available)} />
          <Line strong label="Remains" value={remains === undefined ? undefined : number(remains)} />
        </dl>
      )}
      <div aria-live="polite" className="mt-3 text-[13px] text-ink-soft">
        {nothing && "There is nothing to do."}
        {short && (
          <span className="text-bad">
            {count(-remains, "credit is", "credits are")} missing.{" "}
            {(estimate.data?.items ?? 0) > 1 && "Choose fewer items, or see how to get more."} Nothing is started.
          </span>
        )}
        {!nothing && !short && price !== 0 && "Charged as items succeed. What fails or is cancelled is given back."}
      </div>
      {start.error && (
        <p role="alert" className="mt-3 text-bad">
          {sentence(start.error)}
          {start.error instanceof ApiError && start.error.credits && ` Available: ${start.error.credits.available}.`}
        </p>
      )}
    </Dialog>
  );
}

function Line({ label, value, strong }: { label: string; value?: string; strong?: boolean }) {
  return (
    <>
      <dt className={strong ? "font-medium" : "text-ink-soft"}>{label}</dt>
      <dd className="text-right font-medium tabular-nums">{value ?? <Skeleton className="ml-auto h-5 w-14" />}</dd>
    </>
  );
}
