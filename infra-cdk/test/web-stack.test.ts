import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { project, repository } from "../lib/paths.js";
import { type Stage, webStacks } from "../lib/stages.js";
import { Edge } from "./edge.js";
import { exported, OWN, own, pages, plain, REGION, type Synthesis } from "./synthesis.js";

const edge = new Edge(plain);

const text = (file: string) => readFileSync(join(repository, file), "utf8");

// Statements of a policy document; one that is not in a list is a list of one.
interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Principal?: Record<string, unknown>;
  Condition?: Record<string, Record<string, unknown>>;
}
const list = (some: unknown): unknown[] => (Array.isArray(some) ? some : [some]);
function statements(synthesis: Synthesis, type: string): [string, Statement][] {
  return Object.entries(synthesis.all(type)).flatMap(([id, { Properties }]) =>
    list(Properties.PolicyDocument.Statement).map((one): [string, Statement] => [id, one as Statement]),
  );
}

test("a fault would be found", () => {
  const folder = join(project, "build/synth-faulty");
  const app = new App({ outdir: folder, analyticsReporting: false });
  new Bucket(new Stack(app, "faulty"), "Open");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  assert.throws(() => app.synth(), /Validation failed/);
  assert.match(readFileSync(join(folder, "validation-report.json"), "utf8"), /AwsSolutions-S10/);
});

test("warnings are explained too", () => {
  for (const { folder } of [plain, own]) {
    const { pluginReports } = JSON.parse(readFileSync(join(folder, "validation-report.json"), "utf8"));
    assert.deepEqual(pluginReports, []);
  }
});

test("no bucket is public, and all want TLS", () => {
  for (const synthesis of [plain, own]) {
    const buckets = synthesis.all("AWS::S3::Bucket");
    assert.equal(Object.keys(buckets).length, 2);
    const policies = statements(synthesis, "AWS::S3::BucketPolicy");
    for (const [id, { Properties, DeletionPolicy }] of Object.entries(buckets)) {
      assert.deepEqual(Object.values(Properties.PublicAccessBlockConfiguration), [true, true, true, true], id);
      assert.equal(Properties.WebsiteConfiguration, undefined);
      assert.ok(Properties.BucketEncryption);
      assert.equal(DeletionPolicy, "RetainExceptOnCreate");
      const { PolicyDocument } =
        Object.values(synthesis.all("AWS::S3::BucketPolicy")).find(
          (policy) => synthesis.value(policy.Properties.Bucket) === `<${id}>`,
        )?.Properties ?? {};
      const tls = (one: Statement) => one.Effect === "Deny" && one.Condition?.Bool?.["aws:SecureTransport"] === "false";
      assert.ok(PolicyDocument.Statement.some(tls), `${id} takes requests without TLS`);
    }
    for (const [id, { Effect, Principal }] of policies) {
      if (Effect === "Allow") assert.notDeepEqual(list(Principal?.AWS ?? Principal), ["*"], id);
    }
  }
});

test("the distribution alone reads the pages, and may tell what is missing from what is forbidden", () => {
  const readers = statements(plain, "AWS::S3::BucketPolicy").filter(([, one]) => "Service" in (one.Principal ?? {}));
  assert.equal(readers.length, 1);
  const [, reader] = readers[0] ?? assert.fail();
  assert.equal(reader.Principal?.Service, "cloudfront.amazonaws.com");
  assert.deepEqual(reader.Action, ["s3:GetObject", "s3:ListBucket"]);
  const [distribution] = Object.keys(plain.all("AWS::CloudFront::Distribution"));
  assert.equal(
    plain.value(reader.Condition?.StringEquals?.["AWS:SourceArn"]),
    `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<${distribution}>`,
  );
  const control = plain.single("AWS::CloudFront::OriginAccessControl").Properties.OriginAccessControlConfig;
  assert.deepEqual([control.SigningBehavior, control.SigningProtocol], ["always", "sigv4"]);
  const origins = edge.config.Origins.filter((origin: { S3OriginConfig?: unknown }) => origin.S3OriginConfig);
  assert.equal(origins.length, 1);
  assert.ok(plain.value(origins[0].OriginAccessControlId));
  // Else the API's 403 and 404 would become something else.
  assert.equal(edge.config.CustomErrorResponses, undefined);
});

test("a visitor cannot list the bucket", () => {
  const ofBucket = edge.behaviors.filter((behavior) => !edge.asksApi(behavior));
  assert.deepEqual(
    ofBucket.map(({ PathPattern }) => PathPattern),
    ["/assets/*", undefined],
  );
  for (const behavior of ofBucket) {
    assert.equal(behavior.OriginRequestPolicyId, undefined, "query strings would go to the bucket");
    assert.deepEqual(behavior.AllowedMethods, ["GET", "HEAD"]);
  }
  const keys = plain.single("AWS::CloudFront::CachePolicy").Properties.CachePolicyConfig;
  const { QueryStringsConfig, HeadersConfig, CookiesConfig } = keys.ParametersInCacheKeyAndForwardedToOrigin;
  assert.equal(QueryStringsConfig.QueryStringBehavior, "none");
  assert.deepEqual([HeadersConfig.HeaderBehavior, CookiesConfig.CookieBehavior], ["none", "none"]);
  assert.equal(edge.config.DefaultRootObject, "index.html");
});

test("the edge keeps assets, pages for a minute, and nothing of the API", () => {
  const [assets, page] = [edge.behavior("/assets/a.js"), edge.behavior("/planner/keywords")];
  // AWS's own policies: CachingOptimized, CachingDisabled, AllViewerExceptHostHeader.
  assert.equal(assets.CachePolicyId, "658327ea-f89d-4fab-a63d-7e88639e58f6");
  const [briefly] = Object.keys(plain.all("AWS::CloudFront::CachePolicy"));
  assert.equal(plain.value(page.CachePolicyId), `<${briefly}>`);
  const { MinTTL, DefaultTTL, MaxTTL } = plain.single("AWS::CloudFront::CachePolicy").Properties.CachePolicyConfig;
  assert.deepEqual([MinTTL, DefaultTTL, MaxTTL], [60, 60, 60]);
  for (const path of ["/api", "/api/", "/api/auth/login"]) {
    const api = edge.behavior(path);
    assert.ok(edge.asksApi(api), path);
    assert.equal(api.CachePolicyId, "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    assert.equal(api.OriginRequestPolicyId, "b689b0a8-53d0-40ab-baf2-68738e2966ac");
    assert.equal(api.ResponseHeadersPolicyId, undefined, "the API's headers are its own");
    assert.equal(api.AllowedMethods.length, 7);
    assert.equal(api.ViewerProtocolPolicy, "https-only");
  }
});

test("the API is reached by TLS 1.2 at the address that its stack exports", () => {
  const origin = edge.config.Origins.find((one: { CustomOriginConfig?: unknown }) => one.CustomOriginConfig);
  assert.equal(plain.value(origin.DomainName), new URL(exported.ApiUrl ?? "").host);
  assert.deepEqual(origin.CustomOriginConfig.OriginSSLProtocols, ["TLSv1.2"]);
  assert.equal(origin.CustomOriginConfig.OriginProtocolPolicy, "https-only");
  // API Gateway gives up after 30.
  assert.ok(origin.CustomOriginConfig.OriginReadTimeout > 30);
});

test("pages carry the headers of web/headers.json, filled in, and HSTS", () => {
  const { SecurityHeadersConfig: secure, CustomHeadersConfig: custom } = plain.single(
    "AWS::CloudFront::ResponseHeadersPolicy",
  ).Properties.ResponseHeadersPolicyConfig;
  const { ContentSecurityPolicy, ContentTypeOptions, ReferrerPolicy, StrictTransportSecurity, ...more } = secure;
  assert.deepEqual(more, {});
  for (const header of [ContentSecurityPolicy, ContentTypeOptions, ReferrerPolicy, ...custom.Items]) {
    assert.equal(header.Override, true);
  }
  const sent = {
    "content-security-policy": plain.value(ContentSecurityPolicy.ContentSecurityPolicy),
    "referrer-policy": ReferrerPolicy.ReferrerPolicy,
    "x-content-type-options": "nosniff",
    ...Object.fromEntries(custom.Items.map(({ Header, Value }: Record<string, string>) => [Header, Value])),
  };
  const wanted = text("web/headers.json")
    .replace("{live}", "wss://d4e5f6.execute-api.eu-central-1.amazonaws.com")
    .replaceAll("{uploads}", "https://igny8-dev-bucket-1a2b3c.s3.eu-central-1.amazonaws.com");
  assert.deepEqual(sent, JSON.parse(wanted));
  assert.ok(!JSON.stringify(sent).includes("{" + "live") && !sent["content-security-policy"].includes("{"));
  assert.ok(StrictTransportSecurity.AccessControlMaxAgeSec >= 31_536_000);
  const [policy] = Object.keys(plain.all("AWS::CloudFront::ResponseHeadersPolicy"));
  for (const behavior of edge.behaviors.filter((one) => !edge.asksApi(one))) {
    assert.equal(plain.value(behavior.ResponseHeadersPolicyId), `<${policy}>`);
    assert.equal(behavior.ViewerProtocolPolicy, "redirect-to-https");
  }
});

test("assets are there before the index, and old ones stay", () => {
  const uploads = Object.entries(plain.all("Custom::CDKBucketDeployment"));
  assert.equal(uploads.length, 2);
  const [assetsId] = uploads.find(([, { Properties }]) => Properties.DestinationBucketKeyPrefix === "assets") ?? [];
  const [, index] = uploads.find(([id]) => id !== assetsId) ?? assert.fail();
  assert.ok(assetsId && index.DependsOn?.includes(assetsId), "the index could be there first");
  for (const [id, { Properties }] of uploads) assert.equal(Properties.Prune, false, id);
  assert.deepEqual(index.Properties.DistributionPaths, ["/*"]);
});

test("wildcards stand only in the rights of CDK's uploader", () => {
  const wild = (one: Statement) =>
    [...list(one.Action), ...list(one.Resource)].some((part) => /\*/.test(JSON.stringify(part)));
  const found = statements(plain, "AWS::IAM::Policy").filter(([, one]) => one.Effect === "Allow" && wild(one));
  assert.ok(found.length > 0, "CDK has become stricter: so may this test");
  for (const [id] of found) assert.match(id, /^CustomCDKBucketDeployment/);
  assert.equal(Object.keys(plain.all("AWS::IAM::Role")).length, 1);
});

test("requests are logged, without cookies, for a month", () => {
  const { Bucket, IncludeCookies } = edge.config.Logging;
  const [, id] = /^<(.+)\.RegionalDomainName>$/.exec(plain.value(Bucket)) ?? [];
  assert.equal(IncludeCookies, false);
  const rules = plain.resources[id ?? ""]?.Properties.LifecycleConfiguration.Rules;
  assert.deepEqual(rules, [{ ExpirationInDays: 30, Status: "Enabled" }]);
});

test("an own domain has its certificate and TLS 1.2; without one it is CloudFront's name", () => {
  const { Aliases, ViewerCertificate, HttpVersion } = new Edge(own).config;
  assert.deepEqual(Aliases, [OWN.domain]);
  assert.equal(ViewerCertificate.AcmCertificateArn, OWN.certificate);
  assert.equal(ViewerCertificate.MinimumProtocolVersion, "TLSv1.2_2021");
  assert.equal(HttpVersion, "http2and3");
  assert.equal(edge.config.Aliases, undefined);
});

test("what cannot work is refused before anything is deployed", () => {
  const made = (settings: Stage, folder = pages(join(project, "build/pages"))) =>
    webStacks(new App({ context: { stages: { dev: settings } } }), folder);
  assert.throws(() => made({ region: REGION, domain: OWN.domain }), /come together/);
  assert.throws(() => made({ region: REGION, certificate: OWN.certificate }), /come together/);
  const elsewhere = OWN.certificate.replace("us-east-1", REGION);
  assert.throws(() => made({ region: REGION, domain: OWN.domain, certificate: elsewhere }), /us-east-1 only/);
  assert.throws(() => made({ region: REGION }, join(project, "build/nothing")), /npm run build/);
  const unknown = new App({ context: { stages: { dev: { region: REGION } }, stage: "deb" } });
  assert.throws(() => webStacks(unknown, pages(join(project, "build/pages"))), /cdk.json has dev/);
});

test("what is imported is exported, by the stacks and in the regions of samconfig.toml", () => {
  const imports = [...JSON.stringify(plain.resources).matchAll(/"Fn::ImportValue":"igny8-dev-(\w+)"/g)].map(
    ([, name]) => name,
  );
  const exports = [...text("template.yaml").matchAll(/Export: \{Name: !Sub '\$\{AWS::StackName\}-(\w+)'\}/g)].map(
    ([, name]) => name,
  );
  assert.deepEqual([...new Set(imports)].sort(), ["ApiUrl", "LiveUrl", "UploadsUrl"]);
  assert.deepEqual(exports.sort(), ["ApiUrl", "LiveUrl", "UploadsUrl"]);
  const { stages }: { stages: Record<string, Stage> } = JSON.parse(text("infra-cdk/cdk.json")).context;
  const told = [...text("samconfig.toml").matchAll(/stack_name = "igny8-(\w+)"\nregion = "([\w-]+)"/g)];
  const wanted = told.map(([, stage, region]) => [stage, region]);
  assert.deepEqual(
    Object.entries(stages).map(([stage, { region }]) => [stage, region]),
    wanted,
  );
});
