/**
 * Asks before something that costs credits: what it will do, to how many, for how many credits, and what remains. The
 * figures are the server's own estimate (`?estimate=true`). `CostDialog` stands once, in the shell and in the
 * setup; the job's end is told by the job tray.
 */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { ApiError, sentence } from "@/api/problem";
import { invalidate, useBalance, useMe } from "@/api/query";
import { count, credits, number } from "@/lib/format";
import { Button, LinkButton } from "./Button";
import { Dialog } from "./Dialog";
import { sayStarted } from "./jobActions";
import { askAgain, estimated, forget, type Question, refused, start, turnAway, useQuestion } from "./spend";
import { Skeleton } from "./states";

export function CostDialog() {
  const question = useQuestion((state) => state.question);
  const tenant = useMe().data?.tenant.id;
  useEffect(() => {
    if (tenant) askAgain(tenant);
  }, [tenant]);
  const { pathname } = useLocation();
  useEffect(() => turnAway(pathname), [pathname]);
  // Whoever signs in after the one who was asked is not asked in their place.
  useEffect(() => () => forget(), []);
  return question && <Asked key={question.key} question={question} />;
}

function Asked({ question }: { question: Question }) {
  const balance = useBalance();
  const begun = useRef(false);
  const estimate = useQuery({
    queryKey: ["estimate", question.key],
    queryFn: () => estimated(question),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const starting = useMutation({
    mutationFn: () => start(question),
    onSuccess: (job) => {
      invalidate("jobs", "balance", "tasks", "ideas", "keywords", "images");
      sayStarted(job, `${question.title}: started.`);
      question.onStarted?.(job);
      forget(question.key);
    },
    onError: () => {
      begun.current = false;
      refused(question);
      // Somebody else may have spent meanwhile: what is left is read again, so that the figures hold.
      invalidate("balance");
    },
  });
  /** Once for each question: the second press of a double-click comes before the button shows that it is busy. */
  const begin = () => {
    if (begun.current) return;
    begun.current = true;
    starting.mutate();
  };
  const close = () => forget(question.key);
  const price = estimate.data?.credits;
  const available = balance.data?.available;
  const remains = price !== undefined && available !== undefined ? available - price : undefined;
  const short = remains !== undefined && remains < 0;
  const nothing = estimate.data?.items === 0;
  const { title, what, noun, plural, isKept, isSent } = question;
  return (
    <Dialog
      alert
      isOpen
      width="sm"
      title={title}
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
              className="min-w-48"
              // Waiting keeps the focus; what is disabled loses it.
              busy={starting.isPending || estimate.isFetching}
              isDisabled={nothing || estimate.isError}
              onPress={begin}
            >
              {price === undefined ? "Start" : price === 0 ? "Start, free" : `Spend up to ${credits(price)}`}
            </Button>
          )}
        </>
      }
    >
      {isKept && !starting.isPending && (
        <p role="status" className="mb-3 rounded-lg bg-warn-soft px-4 py-2 text-warn">
          The page was loaded again.{" "}
          {isSent
            ? "Perhaps this was started just before; it is not started twice."
            : "Nothing was started; you can still do it here."}
        </p>
      )}
      <p>{what}</p>
      {/* As high with an error as with the figures, and while both are on their way. */}
      <div className="mt-4 min-h-32 rounded-lg bg-sunk px-4 py-3">
        {estimate.isError && !estimate.isFetching ? (
          <div role="alert" className="flex flex-col items-start gap-2">
            <p>
              <span className="font-medium text-bad">The cost is not known, so nothing is started.</span>{" "}
              {sentence(estimate.error)}
            </p>
            <Button size="sm" onPress={() => void estimate.refetch()}>
              Try again
            </Button>
          </div>
        ) : (
          <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2">
            <Line label="Items" value={estimate.data && count(estimate.data.items, noun, plural)} />
            <Line label="Cost at most" value={price === undefined ? undefined : credits(price)} />
            <Line label="Available now" value={available === undefined ? undefined : number(available)} />
            <Line strong label="Remains" value={remains === undefined ? undefined : number(remains)} />
          </dl>
        )}
      </div>
      <Warnings said={estimate.data?.warnings ?? []} />
      <div aria-live="polite" className="mt-3 min-h-[2lh] text-[13px] text-ink-soft">
        {nothing && "There is nothing to do."}
        {(estimate.data?.skipped ?? 0) > 0 &&
          `${count(estimate.data?.skipped ?? 0, noun, plural)} more stay as they are. `}
        {short && (
          <span className="text-bad">
            {count(-remains, "credit is", "credits are")} missing.{" "}
            {(estimate.data?.items ?? 0) > 1 && "Choose fewer items, or see how to get more."} Nothing is started.
          </span>
        )}
        {!nothing && !short && price !== 0 && "Charged as items succeed. What fails or is cancelled is given back."}
      </div>
      {starting.error && (
        <p role="alert" className="mt-3 text-bad">
          {sentence(starting.error)}
          {starting.error instanceof ApiError &&
            starting.error.credits &&
            ` Available: ${starting.error.credits.available}.`}
        </p>
      )}
    </Dialog>
  );
}

/** Warnings that are shown; the others are counted. */
const SHOWN = 5;

/** What somebody should know before; it stops nothing. */
function Warnings({ said }: { said: string[] }) {
  if (said.length === 0) return null;
  const more = said.length - SHOWN;
  return (
    <ul className="mt-3 flex flex-col gap-1 rounded-lg bg-warn-soft px-4 py-2 break-words text-warn">
      {said.slice(0, SHOWN).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {more > 0 && <li>And {count(more, "more warning")}.</li>}
    </ul>
  );
}

function Line({ label, value, strong }: { label: string; value?: string; strong?: boolean }) {
  return (
    <>
      <dt className={strong ? "font-medium" : "text-ink-soft"}>{label}</dt>
      <dd className="text-right font-medium tabular-nums">
        {value ?? <Skeleton className="ml-auto h-5 w-14 bg-line!" />}
      </dd>
    </>
  );
}
