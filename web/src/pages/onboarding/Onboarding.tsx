/** The setup of a first site in five steps. It stands outside of the shell, can be left at any step, and goes on there. */
import { Check } from "lucide-react";
import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import { useMe } from "@/api/query";
import { useSite, useSites } from "@/api/resources";
import { cx } from "@/lib/cx";
import { isReadOnly } from "@/lib/rights";
import { LinkButton } from "@/ui/Button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { DestinationStep } from "./DestinationStep";
import { DoneStep } from "./DoneStep";
import { KeywordsStep } from "./KeywordsStep";
import { keep, STEP_NAMES, STEPS, type Step, stepOf, useProgress } from "./progress";
import { SiteStep } from "./SiteStep";
import { WelcomeStep } from "./WelcomeStep";

const TITLES: Record<Step, string> = {
  welcome: "Welcome to IGNY8",
  site: "Your site",
  destination: "Where it is published",
  keywords: "Your keywords",
  done: "All set",
};

export function Onboarding() {
  const me = useMe().data;
  const tenant = me?.tenant.id ?? "";
  const [search, setSearch] = useSearchParams();
  const sites = useSites();
  const { site: inHand } = useSite();
  const kept = useProgress((state) => state.tenants[tenant]);
  const site = sites.data?.find((one) => one.id === kept?.site) ?? inHand;
  const isReady = sites.data !== undefined;
  const step = stepOf(search.get("step"), kept?.step, site !== undefined);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${TITLES[step]} · IGNY8`;
  }, [step]);
  useEffect(() => {
    // Until the sites are here, it is not known whether a later step may be shown.
    if (isReady && tenant) keep(tenant, { step });
  }, [isReady, tenant, step]);

  const go = (next: Step) => {
    setSearch({ step: next });
    window.scrollTo(0, 0);
    // Who listens is told where they are.
    heading.current?.focus();
  };
  const back = STEPS[STEPS.indexOf(step) - 1];
  const props = { site, go: (next: Step) => go(next), back: back && (() => go(back)) };
  return (
    <>
      <header className="flex h-14 items-center justify-between gap-4 border-b border-line bg-card px-4 sm:px-6">
        <span className="flex items-center gap-2.5 font-semibold tracking-tight">
          <img src="/icon.svg" alt="" className="size-6" /> IGNY8
        </span>
        <LinkButton look="quiet" to="/">
          {step === "done" ? "Go to the dashboard" : "Leave for now"}
        </LinkButton>
      </header>
      <div className="mx-auto flex w-full max-w-2xl flex-1 flex-col gap-5 px-4 py-6 sm:py-10">
        {!isReadOnly(me) && <Steps current={step} mayGo={site !== undefined} go={go} />}
        <div className="card p-5 sm:p-7">
          <h1 ref={heading} tabIndex={-1} className="outline-none">
            {TITLES[step]}
          </h1>
          {isReadOnly(me) ? (
            <EmptyState
              title={`This account is ${me?.tenant.status}`}
              action={<LinkButton to="/billing">See credits and plans</LinkButton>}
            >
              Sites and keywords can be added once it is active again.
            </EmptyState>
          ) : sites.error && !isReady ? (
            <ErrorState error={sites.error} again={() => void sites.refetch()} />
          ) : !isReady ? (
            <Skeleton className="mt-4 h-72" />
          ) : (
            <>
              {step === "welcome" && <WelcomeStep {...props} />}
              {step === "site" && <SiteStep {...props} />}
              {step === "destination" && site && <DestinationStep {...props} site={site} />}
              {step === "keywords" && site && <KeywordsStep {...props} site={site} />}
              {step === "done" && site && <DoneStep {...props} site={site} />}
            </>
          )}
        </div>
        {step !== "done" && !isReadOnly(me) && (
          <p className="text-center text-[13px] text-ink-soft">
            You can leave at any step and go on from the dashboard later; what you saved is kept.
          </p>
        )}
      </div>
    </>
  );
}

/** Where one is. Steps that need no site, or all once there is one, can be pressed. */
function Steps({ current, mayGo, go }: { current: Step; mayGo: boolean; go: (step: Step) => void }) {
  const at = STEPS.indexOf(current);
  return (
    <nav aria-label="Steps">
      <ol className="flex gap-1.5 sm:gap-2">
        {STEPS.map((step, index) => {
          const isPast = index < at;
          const isCurrent = index === at;
          const name = (
            <>
              <span className={cx("block h-1.5 rounded-full", index <= at ? "bg-brand" : "bg-line")} aria-hidden />
              <span
                className={cx(
                  "mt-1.5 flex items-center gap-1 text-xs",
                  "max-sm:sr-only",
                  isCurrent ? "font-semibold text-ink" : "text-ink-soft",
                )}
              >
                {isPast && <Check className="size-3.5 text-brand" aria-hidden />}
                {STEP_NAMES[step]}
              </span>
            </>
          );
          const mayPress = !isCurrent && (index < 2 || mayGo);
          return (
            <li key={step} className="min-w-0 flex-1" aria-current={isCurrent ? "step" : undefined}>
              {mayPress ? (
                <button
                  type="button"
                  className="-my-2.5 block w-full cursor-pointer rounded-md py-2.5 text-left"
                  onClick={() => go(step)}
                >
                  {name}
                </button>
              ) : (
                name
              )}
            </li>
          );
        })}
      </ol>
      {/* On a phone there is no room for a name under each. */}
      <p className="mt-2 text-xs font-semibold sm:hidden" aria-hidden>
        Step {at + 1} of {STEPS.length}: {STEP_NAMES[current]}
      </p>
    </nav>
  );
}
