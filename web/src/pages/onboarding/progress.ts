/** How far the setup is: kept in this browser by account. What is done already is read from the server. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export const STEPS = ["welcome", "site", "destination", "keywords", "done"] as const;
export type Step = (typeof STEPS)[number];

export const STEP_NAMES: Record<Step, string> = {
  welcome: "Welcome",
  site: "Site",
  destination: "Destination",
  keywords: "Keywords",
  done: "Done",
};

type Kept = { step: Step; site?: string };
type State = { tenants: Record<string, Kept> };

export const useProgress = create<State>()(persist(() => ({ tenants: {} }), { name: "igny8.welcome" }));

export function keep(tenant: string, change: Partial<Kept>): void {
  useProgress.setState(({ tenants }) => ({
    tenants: { ...tenants, [tenant]: { step: "welcome", ...tenants[tenant], ...change } },
  }));
}

/** The setup is over; the next one begins at its start. */
export function forget(tenant: string): void {
  useProgress.setState(({ tenants }) => {
    const { [tenant]: _, ...rest } = tenants;
    return { tenants: rest };
  });
}

/** The step to show: the one in the address, else the one where it was left; never past the site while there is none. */
export function stepOf(asked: string | null, kept: Step | undefined, hasSite: boolean): Step {
  const step = STEPS.find((one) => one === asked) ?? kept ?? "welcome";
  return !hasSite && STEPS.indexOf(step) > STEPS.indexOf("site") ? "site" : step;
}
