/** Who is at the browser in these tests, and what every page must hold. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test as base, expect, type Page } from "@playwright/test";

export const PASSWORD = "correct horse battery";

let people = 0;

/** An address that nobody else has, also not in another worker. */
export function someone(name = "ana"): string {
  people += 1;
  return `${name}-${process.pid}-${Date.now()}-${people}@example.com`;
}

/** Errors on the console fail the test, also what the content security policy refused. */
export const test = base.extend({
  page: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("console", (message) => {
      // A refused request is for the page to show; the browser reports it here too.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    await use(page);
    expect(errors).toEqual([]);
  },
});

/** Signs up by the page; answers the email. */
export async function signUp(page: Page, tenant = "Acme Garage"): Promise<string> {
  const email = someone();
  await page.goto("/sign-up");
  await page.getByLabel("Company or project").fill(tenant);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/welcome/);
  return email;
}

/** Asks the API as the person who is signed in at the browser, with a session of its own. */
export async function asApi(page: Page, email: string) {
  const request = page.request;
  const answer = await request.post("/api/auth/login", { data: { email, password: PASSWORD } });
  const token = (await answer.json()).access_token as string;
  const headers = { authorization: `Bearer ${token}` };
  return {
    get: async (path: string) => (await request.get(path, { headers })).json(),
    post: async (path: string, data: unknown) => {
      const got = await request.post(path, { headers, data });
      expect(got.status(), await got.text()).toBeLessThan(300);
      return got.status() === 204 ? undefined : got.json();
    },
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The serious and critical faults that axe knows of. */
export async function barriers(page: Page): Promise<string[]> {
  // Through the debugger, as the page's own policy allows no foreign script.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run: (options: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
}

/** No serious or critical fault that axe knows of. */
export async function accessible(page: Page): Promise<void> {
  expect(await barriers(page), page.url()).toEqual([]);
}

/** Nothing of the page reaches beyond its window. */
export async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, `${page.url()} is wider than the window`).toBeLessThanOrEqual(0);
}
