import assert from "node:assert/strict";
import { test } from "node:test";
import { Edge } from "./edge.js";
import { cases, plain } from "./synthesis.js";

const edge = new Edge(plain);

test("the files are in the bucket, and nothing else", () => {
  assert.deepEqual([...edge.objects.keys()].sort(), [...cases.files].sort());
});

test("every address gets what the local process gives", () => {
  const wanted = Object.entries(cases.paths).map(([path, answer]) => {
    const prefix = path.startsWith("/assets/") ? "/assets/" : "/";
    const kept = answer === "index" || answer === "file" ? cases.kept[prefix] : undefined;
    return { path, answer, kept };
  });
  assert.ok(wanted.length > 30, "where have the cases gone?");
  const found = wanted.map(({ path }) => ({ path, kept: undefined, ...edge.get(path) }));
  assert.deepEqual(found, wanted);
});

test("the function changes nothing but the path", () => {
  const request = (uri: string) => ({
    method: "GET",
    uri,
    querystring: { site: { value: "%C3%A9", multiValue: [{ value: "%C3%A9" }, { value: "2" }] }, flag: { value: "" } },
    headers: { "if-none-match": { value: '"a"' } },
    cookies: {},
  });
  const run = (uri: string) => structuredClone(edge.viewerRequest(edge.behavior(uri), request(uri)));
  assert.deepEqual(run("/planner/keywords"), request("/index.html"));
  assert.deepEqual(run("/favicon.svg"), request("/favicon.svg"));
});

test("CloudFront takes the function", () => {
  const { FunctionCode, FunctionConfig } = plain.single("AWS::CloudFront::Function").Properties;
  assert.equal(FunctionConfig.Runtime, "cloudfront-js-2.0");
  assert.ok(Buffer.byteLength(FunctionCode) < 10_240, "10 KB is the most");
});
