// Synthesises one stage as `cdk synth` does, with pages of the files of ../web/paths.json.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { project, repository } from "../lib/paths.js";
import { type Stage, webStacks } from "../lib/stages.js";

/** What an address gets. */
export type Answer = "index" | "file" | "missing" | "api";

export interface Cases {
  files: string[];
  kept: Record<string, string>;
  paths: Record<string, Answer>;
}

export const cases: Cases = JSON.parse(readFileSync(join(repository, "web/paths.json"), "utf8"));

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of every kind of resource
  Properties: any;
  DependsOn?: string[];
  DeletionPolicy?: string;
}

export interface Synthesis {
  resources: Record<string, Resource>;
  /** The resources of one type, by logical id. */
  all(type: string): Record<string, Resource>;
  /** The only resource of a type. */
  single(type: string): Resource;
  /** Values of intrinsic functions, with what other stacks export and names for what is only known once deployed. */
  value(expression: unknown): string;
  /** Where the assembly is. */
  folder: string;
}

/** What the stack of template.yaml exports, as it would look on AWS. */
export const exported: Record<string, string> = {
  ApiUrl: "https://a1b2c3.execute-api.eu-central-1.amazonaws.com",
  LiveUrl: "wss://d4e5f6.execute-api.eu-central-1.amazonaws.com/live",
  UploadsUrl: "https://igny8-dev-bucket-1a2b3c.s3.eu-central-1.amazonaws.com",
};

export function pages(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  for (const file of cases.files) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file);
  }
  return folder;
}

function synthesise(stage: string, settings: Stage): Synthesis {
  // Kept for cfn-lint, which `cargo xtask test --only edge` runs afterwards.
  const folder = join(project, "build/synth", settings.domain ? `${stage}-own-domain` : stage);
  rmSync(folder, { recursive: true, force: true });
  const app = new App({ outdir: folder, context: { stages: { [stage]: settings } }, analyticsReporting: false });
  const [stack] = webStacks(app, pages(join(project, "build/pages")));
  if (!stack) throw new Error("no stack was made");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  // Throws when there is a finding that nobody explained.
  const assembly = app.synth();
  const { Resources: resources } = assembly.getStackByName(stack.stackName).template as {
    Resources: Record<string, Resource>;
  };
  const all = (type: string) => Object.fromEntries(Object.entries(resources).filter(([, made]) => made.Type === type));
  return {
    resources,
    all,
    single(type) {
      const [first, ...more] = Object.values(all(type));
      if (!first || more.length > 0) throw new Error(`there are ${more.length + (first ? 1 : 0)} of ${type}, not one`);
      return first;
    },
    value: (expression) => worked(expression, `igny8-${stage}-`),
    folder,
  };
}

export const REGION = "eu-central-1";
export const OWN = {
  domain: "app.igny8.test",
  certificate: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000",
};
/** A stage at CloudFront's own name. */
export const plain = synthesise("dev", { region: REGION });
/** A stage with a domain of its own. */
export const own = synthesise("prod", { region: REGION, ...OWN });

/** Works out an intrinsic function; what is only known once deployed becomes `<its name>`. */
function worked(expression: unknown, prefix: string): string {
  if (typeof expression === "string") return expression;
  const [name, argument] = Object.entries(expression as Record<string, unknown>)[0] ?? [];
  const many = (list: unknown) => (list as unknown[]).map((part) => worked(part, prefix));
  switch (name) {
    case "Ref":
      return `<${argument}>`;
    case "Fn::GetAtt":
      return `<${(argument as string[]).join(".")}>`;
    case "Fn::Join": {
      const [separator, parts] = argument as [string, unknown];
      return many(parts).join(separator);
    }
    case "Fn::Select": {
      const [index, list] = argument as [number, Record<string, [string, unknown]>];
      const [separator, text] = list["Fn::Split"] ?? [];
      const part = worked(text, prefix).split(separator ?? "")[index];
      if (part === undefined) throw new Error(`there is no part ${index}`);
      return part;
    }
    case "Fn::ImportValue": {
      const full = worked(argument, prefix);
      const value = full.startsWith(prefix) ? exported[full.slice(prefix.length)] : undefined;
      if (value === undefined) throw new Error(`nobody exports ${full}`);
      return value;
    }
    default:
      throw new Error(`${name} is not known here: ${JSON.stringify(expression)}`);
  }
}
