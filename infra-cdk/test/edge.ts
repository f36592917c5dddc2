// Plays CloudFront and S3 as the synthesised template describes them.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import type { Answer, Synthesis } from "./synthesis.js";

export interface Behavior {
  PathPattern?: string;
  TargetOriginId: string;
  AllowedMethods: string[];
  CachePolicyId: unknown;
  OriginRequestPolicyId?: string;
  ResponseHeadersPolicyId?: unknown;
  ViewerProtocolPolicy: string;
  FunctionAssociations?: { EventType: string; FunctionARN: unknown }[];
}

/** What a CloudFront Function is given and gives back. */
export interface ViewerRequest {
  method: string;
  uri: string;
  querystring: Record<string, unknown>;
  headers: Record<string, unknown>;
  cookies: Record<string, unknown>;
}

export class Edge {
  /** Cache-Control by key. */
  readonly objects: Map<string, string>;

  constructor(private readonly synthesis: Synthesis) {
    this.objects = uploaded(synthesis);
  }

  get config() {
    return this.synthesis.single("AWS::CloudFront::Distribution").Properties.DistributionConfig;
  }

  /** All behaviours in the order in which they are tried. */
  get behaviors(): Behavior[] {
    return [...this.config.CacheBehaviors, this.config.DefaultCacheBehavior];
  }

  behavior(path: string): Behavior {
    const found = this.behaviors.find(({ PathPattern }) => !PathPattern || matches(PathPattern, path));
    assert.ok(found, path);
    return found;
  }

  /** Whether a behaviour asks the API and not the bucket. */
  asksApi({ TargetOriginId }: Behavior): boolean {
    const origin = this.config.Origins.find(({ Id }: { Id: string }) => Id === TargetOriginId);
    return origin.CustomOriginConfig !== undefined;
  }

  /** Runs the functions of a behaviour on a request. */
  viewerRequest(behavior: Behavior, request: ViewerRequest): ViewerRequest {
    let now = request;
    for (const { EventType, FunctionARN } of behavior.FunctionAssociations ?? []) {
      assert.equal(EventType, "viewer-request");
      const id = this.synthesis.value(FunctionARN).slice(1).split(".")[0] ?? "";
      const code: string = this.synthesis.resources[id]?.Properties.FunctionCode;
      now = runInNewContext(`${code}\nhandler(event)`, { event: { version: "1.0", request: now } });
    }
    return now;
  }

  /** What a GET is answered with, and the Cache-Control that a browser is told. */
  get(address: string): { answer: Answer; kept?: string } {
    const [path = "", query = ""] = address.split("?");
    const behavior = this.behavior(path);
    if (this.asksApi(behavior)) return { answer: "api" };
    const querystring = Object.fromEntries(new URLSearchParams(query));
    const { uri } = this.viewerRequest(behavior, { method: "GET", uri: path, querystring, headers: {}, cookies: {} });
    const key = decodeURIComponent(uri).slice(1);
    const kept = this.objects.get(key);
    if (kept === undefined) return { answer: "missing" };
    return { answer: key === "index.html" ? "index" : "file", kept };
  }
}

/** CloudFront's patterns: `*` is any text, `?` one character. */
function matches(pattern: string, path: string): boolean {
  const plain = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${plain}$`).test(path);
}

/** What the uploads of the stack put into the bucket, later ones over earlier ones. */
function uploaded(synthesis: Synthesis): Map<string, string> {
  const objects = new Map<string, string>();
  for (const { Properties } of Object.values(synthesis.all("Custom::CDKBucketDeployment"))) {
    const prefix = Properties.DestinationBucketKeyPrefix ? `${Properties.DestinationBucketKeyPrefix}/` : "";
    for (const source of Properties.SourceObjectKeys as string[]) {
      const folder = join(synthesis.folder, `asset.${source.replace(/\.zip$/, "")}`);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const name = join(entry.parentPath, entry.name).slice(folder.length + 1);
        assert.ok(!objects.has(prefix + name), `${prefix}${name} is uploaded twice`);
        objects.set(prefix + name, Properties.SystemMetadata["cache-control"]);
      }
    }
  }
  return objects;
}
