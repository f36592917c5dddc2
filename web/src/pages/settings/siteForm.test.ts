import { expect, test } from "vitest";
import type { Site } from "@/api/types";
import { change, creation, domainProblem, formOf, localeOptions } from "./siteForm";

const site = {
  name: "Taller Ana",
  domain: "www.taller.example",
  site_type: "blog",
  industry: null,
  locale: "gl",
  workspace_id: "w1",
} as Site;

test("only what was changed is sent, and what was emptied is taken away", () => {
  const form = formOf(site);
  expect(change(site, form)).toBeUndefined();
  expect(change(site, { ...form, name: " Taller Ana " })).toBeUndefined();
  expect(change(site, { ...form, domain: "", workspace_id: "", industry: "Car repair" })).toEqual({
    domain: null,
    workspace_id: null,
    industry: "Car repair",
  });
});

test("empty fields of a new site are none, and a language that is not offered stays choosable", () => {
  expect(creation({ ...formOf(), name: " A " })).toMatchObject({ name: "A", domain: null, industry: null });
  expect(localeOptions("gl")[0]).toEqual({ id: "gl", name: "Galician" });
});

test("a domain is judged as the server does, and the message says how to write it", () => {
  for (const text of ["", " ", "www.example.com", "https://WWW.Example.com/", "example.co.uk.", "xn--mnchen-3ya.de"]) {
    expect(domainProblem(text), text).toBeUndefined();
  }
  for (const text of [
    "example",
    "exa mple.com",
    "example.com/blog",
    "-a.com",
    "127.0.0.1",
    "a..com",
    "ana@taller.es",
  ]) {
    expect(domainProblem(text), text).toContain("www.example.com");
  }
  expect(domainProblem("München.de")).toContain("xn--mnchen-3ya.de");
});
