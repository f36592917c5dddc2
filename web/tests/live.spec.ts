/** The live feed as people see it, with a model of our own that answers when it is told to. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type APIRequestContext, type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { PASSWORD, someone } from "./people";

/** A model that speaks OpenAI's protocol; while `holds`, an answer waits for its release. */
class Model {
  holds = false;
  /** Its answers are stopped by a content filter. */
  refuses = false;
  private waiting: (() => void)[] = [];

  /** Waits for a question, and answers it. */
  async release(): Promise<void> {
    await expect.poll(() => this.waiting.length).toBeGreaterThan(0);
    this.waiting.shift()?.();
  }

  reset(): void {
    this.holds = false;
    this.refuses = false;
    for (const go of this.waiting.splice(0)) go();
  }

  async answer(question: string): Promise<string> {
    if (this.holds) await new Promise<void>((go) => this.waiting.push(go));
    const prompt: string = JSON.parse(question).messages[1].content;
    const data = (name: string) => JSON.parse(prompt.split(`<data name="${name}">`)[1]?.split("</data>")[0] ?? "null");
    const keywords: { id_no: number }[] | null = data("keywords");
    const said = keywords
      ? { clusters: [{ name: "Brakes", description: "A topic.", keywords: keywords.map((one) => one.id_no) }] }
      : {
          title: data("brief").title,
          meta_title: data("brief").title,
          meta_description: "What to know.",
          excerpt: "In short.",
          blocks: [
            { type: "heading", level: 2, text: "What to know" },
            { type: "paragraph", text: "Brakes wear with every stop, and the pads tell you so before. ".repeat(5) },
          ],
        };
    return JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "test-model",
      choices: [
        {
          index: 0,
          finish_reason: this.refuses ? "content_filter" : "stop",
          message: { role: "assistant", content: JSON.stringify(said) },
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    });
  }
}

type Backend = { url: string; model: Model };

async function listening(model: Model): Promise<Server> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      const body = await model.answer(Buffer.concat(parts).toString());
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

async function started(program: ChildProcess): Promise<string> {
  let said = "";
  for await (const part of program.stdout ?? []) {
    said += part;
    const url = /ready (\S+)\n/.exec(said)?.[1];
    if (url) return url;
  }
  throw new Error(`igny8-up did not start: ${said}`);
}

const test = base.extend<object, { backend: Backend }>({
  backend: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const model = new Model();
      const server = await listening(model);
      const folder = mkdtempSync(join(tmpdir(), "igny8-live-"));
      const program = spawn(process.env.IGNY8_UP ?? "../target/debug/igny8-up", {
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          ...process.env,
          IGNY8_ADDR: "127.0.0.1:0",
          IGNY8_DATA_DIR: folder,
          IGNY8_WEB_DIR: join(import.meta.dirname, "../dist"),
          IGNY8_TRIAL_CREDITS: "500",
          IGNY8_AI: "openai",
          OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
          OPENAI_API_KEY: "x",
          OPENAI_MODEL: "main",
        },
      });
      await use({ url: await started(program), model });
      model.reset();
      program.kill("SIGINT");
      await once(program, "exit");
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  baseURL: async ({ backend }, use) => use(backend.url),
});

// One process and one model for all of them.
test.describe.configure({ mode: "default" });
test.afterEach(({ backend }) => backend.model.reset());

/** Someone with an account and a site, who works by the API. */
class Person {
  private constructor(
    readonly email: string,
    private readonly request: APIRequestContext,
    private readonly headers: Record<string, string>,
    private readonly site: string,
  ) {}

  static async register(request: APIRequestContext, tenant = "Acme"): Promise<Person> {
    const email = someone();
    const data = { tenant_name: tenant, email, password: PASSWORD };
    const signed = await (await request.post("/api/auth/register", { data })).json();
    const headers = { authorization: `Bearer ${signed.access_token}` };
    const site = { name: `Site of ${tenant}`, site_type: "blog", hosting_type: "igny8" };
    const made = await (await request.post("/api/auth/sites", { headers, data: site })).json();
    return new Person(email, request, headers, made.id);
  }

  async post(path: string, data: unknown) {
    const got = await this.request.post(path, { headers: this.headers, data });
    expect(got.status(), await got.text()).toBeLessThan(300);
    return got.json();
  }

  async status(job: string): Promise<string> {
    return (await (await this.request.get(`/api/system/jobs/${job}`, { headers: this.headers })).json()).status;
  }

  /** Starts to write so many articles; answers the job. */
  async write(articles: number): Promise<string> {
    const ids: string[] = [];
    for (let n = 1; n <= articles; n += 1) {
      const task = await this.post("/api/writer/tasks", { site_id: this.site, title: `Article ${n}` });
      ids.push(task.id);
    }
    return (await this.post("/api/writer/generate", { task_ids: ids })).job.id;
  }

  /** Clusters a keyword, and waits for the end. */
  async cluster(keyword: string): Promise<string> {
    await this.post("/api/planner/keywords", { site_id: this.site, keywords: [{ keyword, volume: 10 }] });
    const { job } = await this.post("/api/planner/cluster", { site_id: this.site, all_new: true });
    await expect.poll(() => this.status(job.id)).toBe("succeeded");
    return job.id;
  }

  /** Their browser is signed in from the first load on. */
  async enter(context: BrowserContext): Promise<void> {
    const data = { email: this.email, password: PASSWORD };
    const { refresh_token } = await (await this.request.post("/api/auth/login", { data })).json();
    await context.addInitScript((token) => {
      if (localStorage.getItem("entered")) return;
      localStorage.setItem("entered", "yes");
      localStorage.setItem("igny8.refresh", token);
    }, refresh_token);
  }
}

type Told = { type: string; job?: { id: string; progress: { phase: string } } };

/** What a page hears, says and asks. */
class Watch {
  readonly sockets: { url: string; isClosed: boolean; heard: Told[]; said: string[] }[] = [];
  readonly asked: string[] = [];

  constructor(page: Page) {
    page.on("websocket", (socket) => {
      const one = { url: socket.url(), isClosed: false, heard: [] as Told[], said: [] as string[] };
      this.sockets.push(one);
      socket.on("framereceived", ({ payload }) => one.heard.push(JSON.parse(String(payload))));
      socket.on("framesent", ({ payload }) => one.said.push(String(payload)));
      socket.on("close", () => {
        one.isClosed = true;
      });
    });
    page.on("request", (request) => {
      const { pathname, search } = new URL(request.url());
      this.asked.push(`${request.method()} ${pathname}${search}`);
    });
  }

  /** How often jobs were asked for. */
  get jobs(): number {
    return this.asked.filter((one) => /^GET \/api\/system\/jobs(\?|\/\w+$)/.test(one)).length;
  }

  heard(type: string): Told[] {
    return this.sockets.flatMap((one) => one.heard.filter((message) => message.type === type));
  }

  /** The newest socket carries both ways. */
  async isOpen(count = 1): Promise<void> {
    await expect
      .poll(() => this.sockets[count - 1]?.heard.some((message) => message.type === "pong"), { timeout: 60_000 })
      .toBe(true);
  }
}

const balance = (page: Page) => page.getByRole("link", { name: /credits available/ });
const bell = (page: Page) => page.getByRole("button", { name: /^Notices/ });
const job = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

test("a job is followed by all of its tenant and by nobody else, and nobody asks", async ({
  page,
  context,
  browser,
  request,
  backend,
}) => {
  const { model } = backend;
  const ana = await Person.register(request);
  await ana.enter(context);
  const bob = await Person.register(request, "Other");
  const elsewhere = await browser.newContext({ baseURL: backend.url });
  await bob.enter(elsewhere);
  const [tab, stranger] = [await context.newPage(), await elsewhere.newPage()];
  const [seen, seenInTab, seenByStranger] = [new Watch(page), new Watch(tab), new Watch(stranger)];
  await page.goto("/jobs");
  await stranger.goto("/jobs");
  await seen.isOpen();
  await seenByStranger.isOpen();
  await expect(page.getByText("No jobs yet")).toBeVisible();

  model.holds = true;
  const id = await ana.write(3);
  await expect(job(page, "Write articles")).toContainText("The model is at work");
  await expect(job(page, "Write articles")).toContainText("0 / 3");
  await expect(job(page, "Write articles")).toContainText("0 of up to 9");
  await expect(balance(page)).toHaveAccessibleName(/^491 credits available, 9 reserved/);
  await page.getByRole("button", { name: "Jobs: 1 running" }).click();
  const tray = page.getByRole("dialog", { name: "Jobs" });
  await expect(tray).toContainText("The model is at work");
  await tab.goto(`/jobs/${id}`);
  await seenInTab.isOpen();
  await expect(tab.getByRole("main")).toContainText("9 credits reserved for the rest");
  await expect(job(tab, "Article 1")).toContainText("The model is at work");
  await expect(job(tab, "Article 3")).toContainText("Waiting");

  // Longer than a poll would wait while something runs.
  const before = [seen.jobs, seenInTab.jobs];
  await page.waitForTimeout(2000);
  expect([seen.jobs, seenInTab.jobs]).toEqual(before);
  await model.release();
  await expect(tray).toContainText("1 / 3");
  await expect(tray).toContainText("3 of up to 9 credits spent");
  await expect(balance(tab)).toHaveAccessibleName(/^491 credits available, 6 reserved/);
  await expect(tab.getByRole("main")).toContainText("1 of 3");
  await expect(job(tab, "Article 1")).toContainText("Succeeded");
  // The list and the tray had no need to ask; the job's page asks for its items, of which nothing is told.
  expect(seen.jobs).toBe(before[0]);
  expect(seenInTab.asked.filter((one) => one.includes(`/jobs/${id}/items`)).length).toBeLessThan(8);

  // It is cancelled in the other tab: what runs still ends, what waits is given back.
  await expect(job(tab, "Article 2")).toContainText("The model is at work");
  await tab.getByRole("button", { name: "Cancel the job" }).click();
  await tab.getByRole("alertdialog").getByRole("button", { name: "Cancel the job" }).click();
  await expect(job(tab, "Article 3")).toContainText("Cancelled");
  await model.release();
  const end = "Write articles: 2 of 3 done, 1 cancelled. 6 credits spent.";
  for (const one of [page, tab]) {
    await expect(one.getByLabel("Messages")).toContainText(end);
    await expect(balance(one)).toHaveAccessibleName(/^494 credits available, 0 reserved/);
    await expect(bell(one)).toHaveAccessibleName("Notices: 1 new one");
  }
  await expect(tab.getByRole("main")).toContainText("of 9 that were reserved");
  await expect(tab.getByRole("button", { name: "Cancel the job" })).toHaveCount(0);
  expect(seen.heard("job").map((told) => told.job?.progress.phase)).toContain("ai_call");

  expect(seenByStranger.sockets.flatMap((one) => one.heard.map((told) => told.type))).toEqual(["pong"]);
  await expect(stranger.getByText("No jobs yet")).toBeVisible();
  await elsewhere.close();
});

test("what failed says why, is tried again, and stays in the notices until it is read", async ({
  page,
  context,
  request,
  backend,
}) => {
  const { model } = backend;
  const ana = await Person.register(request);
  await ana.enter(context);
  model.holds = true;
  model.refuses = true;
  const id = await ana.write(1);
  const waiting = await ana.write(1);
  const seen = new Watch(page);
  await page.goto(`/jobs/${waiting}`);
  await seen.isOpen();
  // A trial's work is done one by one.
  await expect(page.getByRole("main")).toContainText("Waiting its turn");
  await page.goto(`/jobs/${id}`);
  await seen.isOpen(2);
  await model.release();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("content filter");
  await expect(page.getByRole("main")).toContainText("0 of 1 done, 1 failed. Nothing was charged.");
  await expect(bell(page)).toHaveAccessibleName("Notices: 1 new one");
  model.refuses = false;
  await model.release();
  await page.getByRole("button", { name: "Try 1 item again" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("This takes 3 credits at most.");
  await page.getByRole("alertdialog").getByRole("button", { name: "Try 1 item again" }).click();
  await expect(page.getByRole("main")).toContainText("The model is at work");
  await model.release();
  await expect(page.getByRole("main")).toContainText("1 of 1 done. 3 credits spent.");
  await expect(bell(page)).toHaveAccessibleName("Notices: 3 new ones");

  // The history, by two a page.
  await page.route(/\/api\/system\/notices\?/, (route) => {
    const url = new URL(route.request().url());
    if (url.searchParams.get("limit") === "50") url.searchParams.set("limit", "2");
    return route.continue({ url: url.href });
  });
  await bell(page).click();
  await expect(page).toHaveURL(/\/notices$/);
  const notices = page.getByRole("region", { name: "Notices" }).getByRole("listitem");
  await expect(notices).toHaveCount(2);
  await expect(page.getByText("2 of 3 notices")).toBeVisible();
  await page.getByRole("button", { name: "Show older ones" }).click();
  await expect(notices).toHaveCount(3);
  await expect(notices.nth(2)).toContainText("Failed");
  await expect(notices.nth(0)).toContainText("Done");
  await expect(notices.getByText("new", { exact: true })).toHaveCount(3);
  await page.goto("/notices?show=unread");
  await expect(page.getByText("2 of 3 notices")).toBeVisible();
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByText("Nothing new")).toBeVisible();
  await expect(bell(page)).toHaveAccessibleName("Notices");
  await page.reload();
  await expect(page.getByText("Nothing new")).toBeVisible();
  await page.getByRole("button", { name: "Show all notices" }).click();
  await expect(notices).toHaveCount(2);
  await expect(notices.getByText("new", { exact: true })).toHaveCount(0);
  await expect(bell(page)).toHaveAccessibleName("Notices");
});

test("who comes back is told what was missed, once", async ({ page, context, request }) => {
  const ana = await Person.register(request);
  await ana.enter(context);
  const seen = new Watch(page);
  await page.goto("/jobs");
  await seen.isOpen();
  await ana.cluster("brake pads");
  await expect(bell(page)).toHaveAccessibleName("Notices: 1 new one");
  await context.setOffline(true);
  await expect.poll(() => seen.sockets[0]?.isClosed).toBe(true);
  const missed = await ana.cluster("oil change");
  await context.setOffline(false);
  await seen.isOpen(2);
  expect(seen.sockets[1]?.said[0]).toContain("since");
  expect(seen.sockets[1]?.heard.filter((told) => told.job?.id === missed)).toHaveLength(1);
  await expect(bell(page)).toHaveAccessibleName("Notices: 2 new ones");
  await expect(balance(page)).toHaveAccessibleName(/^498 credits available/);
  await expect(job(page, "Cluster keywords")).toHaveCount(2);
  await expect(page.getByLabel("Messages").getByText("Cluster keywords: 1 of 1 done. 1 credit spent.")).toHaveCount(2);
});

test("where sockets are blocked, work is asked for", async ({ page, context, request, backend }) => {
  const { model } = backend;
  const ana = await Person.register(request);
  await ana.enter(context);
  await page.routeWebSocket(/\/live\?/, (socket) => socket.close());
  const seen = new Watch(page);
  await page.goto("/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
  model.holds = true;
  const id = await ana.write(2);
  await page.goto(`/jobs/${id}`);
  await expect(page.getByRole("main")).toContainText("The model is at work");
  await model.release();
  await expect(page.getByRole("main")).toContainText("1 of 2");
  await model.release();
  await expect(page.getByRole("main")).toContainText("2 of 2 done. 6 credits spent.");
  await expect(page.getByLabel("Messages")).toContainText("Write articles: 2 of 2 done");
  await expect(balance(page)).toHaveAccessibleName(/^494 credits available, 0 reserved/);
  expect(seen.jobs).toBeGreaterThan(2);
  // The feed is tried again, ever more seldom.
  expect(seen.asked.filter((one) => one.includes("/events/ticket")).length).toBeLessThan(12);
});

test("a ticket is good for one socket, which ends with the tenant and with the session, in all tabs", async ({
  page,
  context,
  request,
}) => {
  const ana = await Person.register(request);
  const bob = await Person.register(request, "Other");
  await bob.post("/api/auth/users", { email: ana.email, role: "editor" });
  const letter = async () => /token=([\w.-]+)/.exec((await mails()).find((one) => one.includes(ana.email)) ?? "")?.[1];
  const mails = async () => (await (await request.get("/local/outbox")).text()).split("<article>");
  await expect.poll(letter).toBeTruthy();
  const accepted = await request.post("/api/auth/invitations/accept", {
    data: { token: await letter(), password: PASSWORD },
  });
  expect(accepted.status(), await accepted.text()).toBe(200);
  await ana.enter(context);
  const tab = await context.newPage();
  const [seen, seenInTab] = [new Watch(page), new Watch(tab)];
  await page.goto("/jobs");
  await tab.goto("/jobs");
  await seen.isOpen();
  await seenInTab.isOpen();
  const again = await page.evaluate(
    (url) =>
      new Promise((done) => {
        const socket = new WebSocket(url);
        socket.onopen = () => done("open");
        socket.onclose = () => done("closed");
      }),
    seen.sockets[0]?.url ?? "",
  );
  expect(again).toBe("closed");

  // The whole browser goes to the other tenant: its tabs share one session.
  const there = (await page.getByRole("button", { name: "Account: Acme. Switch." }).isVisible()) ? "Other" : "Acme";
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("option", { name: new RegExp(there) }).click();
  for (const one of [page, tab])
    await expect(one.getByRole("button", { name: `Account: ${there}. Switch.` })).toBeVisible();
  // The page's second one was refused.
  await seen.isOpen(3);
  await seenInTab.isOpen(2);
  const [left, entered] = there === "Other" ? [ana, bob] : [bob, ana];
  const news = () => [seen, seenInTab].map((one) => one.heard("job").length + one.heard("balance").length);
  await left.cluster("brake pads");
  expect(news()).toEqual([0, 0]);
  await entered.cluster("oil change");
  for (const one of [page, tab]) await expect(bell(one)).toHaveAccessibleName("Notices: 1 new one");

  await page.getByRole("button", { name: /you, / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  for (const one of [page, tab]) await expect(one).toHaveURL(/\/sign-in/);
  for (const one of [seen, seenInTab]) await expect.poll(() => one.sockets.at(-1)?.isClosed).toBe(true);
  const before = news();
  await entered.cluster("wheel alignment");
  expect(news()).toEqual(before);
});
