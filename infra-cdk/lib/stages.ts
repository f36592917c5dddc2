// One stack per stage; cdk.json says which stages there are.

import type { App } from "aws-cdk-lib";
import { type Domain, WebStack } from "./web-stack.js";

/** What differs between stages. */
export interface Stage {
  /** The region of the stage's backend (samconfig.toml). */
  region: string;
  /** An own domain; without it the pages are at CloudFront's name. */
  domain?: string;
  certificate?: string;
}

/** Makes the stacks of all stages, or of one (`-c stage=dev`), with the SPA that is built in the folder `pages`. */
export function webStacks(app: App, pages: string): WebStack[] {
  const stages: Record<string, Stage> = app.node.getContext("stages");
  const one: string | undefined = app.node.tryGetContext("stage");
  if (one && !(one in stages))
    throw new Error(`there is no stage ${one}: cdk.json has ${Object.keys(stages).join(", ")}`);
  const chosen = Object.entries(stages).filter(([stage]) => !one || stage === one);
  return chosen.map(
    ([stage, settings]) =>
      new WebStack(app, `igny8-web-${stage}`, {
        description: "IGNY8, the pages",
        env: { region: settings.region },
        tags: { app: "igny8", stage },
        terminationProtection: stage === "prod",
        backend: `igny8-${stage}`,
        pages,
        domain: domainOf(stage, settings),
      }),
  );
}

function domainOf(stage: string, { domain, certificate }: Stage): Domain | undefined {
  if (!domain && !certificate) return undefined;
  if (!domain || !certificate) throw new Error(`stage ${stage}: a domain and its certificate come together`);
  if (!/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/.+$/.test(certificate)) {
    throw new Error(`stage ${stage}: CloudFront takes certificates of us-east-1 only, not ${certificate}`);
  }
  return { name: domain, certificate };
}
