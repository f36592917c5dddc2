// One stack per stage; cdk.json says which stages there are.
import { WebStack } from "./web-stack.js";
/** Makes the stacks of all stages, with the SPA that is built in the folder `pages`. */
export function webStacks(app, pages) {
    const stages = app.node.getContext("stages");
    return Object.entries(stages).map(([stage, settings]) => new WebStack(app, `igny8-web-${stage}`, {
        description: "IGNY8, the pages",
        env: { region: settings.region },
        tags: { app: "igny8", stage },
        terminationProtection: stage === "prod",
        backend: `igny8-${stage}`,
        pages,
        domain: domainOf(stage, settings),
    }));
}
function domainOf(stage, { domain, certificate }) {
    if (!domain && !certificate)
        return undefined;
    if (!domain || !certificate)
        throw new Error(`stage ${stage}: a domain and its certificate come together`);
    if (!/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/.+$/.test(certificate)) {
        throw new Error(`stage ${stage}: CloudFront takes certificates of us-east-1 only, not ${certificate}`);
    }
    return { name: domain, certificate };
}
