/** Who is at the browser in these tests, and what every page must hold. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";

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
      const expected = /^Failed to load resource|^WebSocket connection .*ERR_INTERNET_DISCONNECTED/;
      if (message.type() === "error" && !expected.test(message.text())) errors.push(message.text());
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

type Signed = { access_token: string; refresh_token: string; expires_in: number };

/** Signs up without a page; for tests that are not about that. */
export async function register(request: APIRequestContext, tenant = "Acme Garage"): Promise<string> {
  const email = someone();
  const answer = await request.post("/api/auth/register", { data: { tenant_name: tenant, email, password: PASSWORD } });
  expect(answer.status(), await answer.text()).toBe(201);
  return email;
}

async function session(request: APIRequestContext, email: string): Promise<Signed> {
  const answer = await request.post("/api/auth/login", { data: { email, password: PASSWORD } });
  expect(answer.status(), await answer.text()).toBe(200);
  return answer.json();
}

/** The browser of this page belongs to them from its first load on. */
export async function signIn(page: Page, email: string): Promise<void> {
  const signed = await session(page.request, email);
  await page.addInitScript(({ access_token, refresh_token, expires_in }) => {
    if (localStorage.getItem("igny8.refresh")) return;
    localStorage.setItem("igny8.refresh", refresh_token);
    const until = Date.now() + expires_in * 1000;
    sessionStorage.setItem("igny8.access", JSON.stringify({ token: access_token, until }));
  }, signed);
}

/** Asks the API as this person, with a session of its own. */
export async function asPerson(request: APIRequestContext, email: string) {
  const headers = { authorization: `Bearer ${(await session(request, email)).access_token}` };
  return {
    get: async (path: string) => (await request.get(path, { headers })).json(),
    post: async (path: string, data: unknown) => {
      const got = await request.post(path, { headers, data });
      expect(got.status(), await got.text()).toBeLessThan(300);
      return got.status() === 204 ? undefined : got.json();
    },
  };
}

export type Api = Awaited<ReturnType<typeof asPerson>>;

/** Asks the API as the person who is signed in at the browser. */
export const asApi = (page: Page, email: string) => asPerson(page.request, email);

/** Ids of one object of each kind that has a page of its own. */
export type Data = { site: string; content: string; job: string };

export const addSite = (api: Api, name = "Taller Ana") =>
  api.post("/api/auth/sites", { name, site_type: "blog", hosting_type: "igny8" });

const KEYWORDS = [
  "brake pads",
  "best brake pads",
  "change brake pads",
  "oil change",
  "oil change cost",
  "wheel alignment",
];

/** A site with something in every list: keywords to a published page, and the jobs of it. */
export async function workedOn(api: Api): Promise<Data> {
  const site = (await addSite(api)).id as string;
  await api.post("/api/planner/keywords", {
    site_id: site,
    keywords: KEYWORDS.map((keyword, n) => ({ keyword, volume: 100 * (n + 1), difficulty: 10 * n })),
  });
  const done = async (path: string, body: unknown) => {
    const { job } = await api.post(path, body);
    await expect(async () => {
      const seen = await api.get(`/api/system/jobs/${job.id}`);
      expect(["succeeded", "partial"]).toContain(seen.status);
    }).toPass();
    return job.id as string;
  };
  const ids = async (path: string) => (await api.get(path)).items.map((item: { id: string }) => item.id) as string[];
  await done("/api/planner/cluster", { site_id: site, all_new: true });
  const clusters = await ids(`/api/planner/clusters?site_id=${site}`);
  await done("/api/planner/ideas/generate", { cluster_ids: clusters.slice(0, 2), per_cluster: 2 });
  const ideas = await ids(`/api/planner/ideas?site_id=${site}`);
  const chosen = ideas.slice(0, 2);
  // Whether the gate warns of one of them is not what these tests are about.
  const { task_ids } = await api.post("/api/planner/ideas/queue", { idea_ids: chosen, overrule: chosen });
  const job = await done("/api/writer/generate", { task_ids: task_ids.slice(0, 1) });
  const [content = ""] = await ids(`/api/writer/content?site_id=${site}`);
  await done("/api/writer/images/prompts", { content_ids: [content] });
  const pictures = await ids(`/api/writer/images?site_id=${site}`);
  await done("/api/writer/images/generate", { image_ids: pictures.slice(0, 2) });
  await done("/api/publish", { content_ids: [content], destinations: ["igny8"] });
  return { site, content, job };
}

/** The page of this name stands in the place of the one before: until then, that one could be pressed. */
export async function shows(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
}

/** Asks for ideas of what is chosen in the table of clusters, up to the question of the cost. */
export async function askForIdeas(page: Page): Promise<void> {
  await page.getByRole("toolbar").getByRole("button", { name: "Generate ideas" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Show the cost" }).click();
}

/** A new member of the owner's tenant, by the link of the invitation's mail. */
export async function member(request: APIRequestContext, owner: Api, role: string): Promise<string> {
  const email = someone(role);
  await owner.post("/api/auth/users", { email, role });
  let token: string | undefined;
  await expect(async () => {
    const outbox = await (await request.get("/local/outbox")).text();
    const mail = outbox.split("<article").find((one) => one.includes(email));
    token = mail?.match(/accept-invitation#token=([^"&<\s]+)/)?.[1];
    expect(token).toBeDefined();
  }).toPass();
  const data = { token: decodeURIComponent(token ?? ""), display_name: `The ${role}`, password: PASSWORD };
  const answer = await request.post("/api/auth/invitations/accept", { data });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
  return email;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The serious and critical faults that axe knows of. */
export async function barriers(page: Page): Promise<string[]> {
  // Through the debugger, as the page's own policy allows no foreign script.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
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

/** Agrees to the cost, and waits until the page tells the job's end. */
export async function pay(page: Page, costs: RegExp, ends: RegExp): Promise<void> {
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Remains");
  await question.getByRole("button", { name: costs }).click();
  await expect(page.getByLabel("Messages")).toContainText(ends, { timeout: 60_000 });
}

/** A window as it stands: axe finds nothing, and it fits, also on a phone. */
export async function sound(page: Page): Promise<void> {
  // What was said of a button by its id stays for seconds, also when the button has gone.
  await expect(page.locator("[data-live-announcer] [role=img]")).toHaveCount(0);
  await accessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page);
  await accessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}
