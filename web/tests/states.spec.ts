/**
 * Every page in every state that is not the good one: it says what is the matter and what to do, and goes on by itself or
 * by one press when it can.
 */
import {
  type APIRequestContext,
  type BrowserContext,
  expect as check,
  type Locator,
  type Page,
} from "@playwright/test";
import { OPEN, PAGES, type Spot } from "./pages";
import {
  type Api,
  addSite,
  askForIdeas,
  asPerson,
  type Data,
  member,
  register,
  signIn,
  test,
  workedOn,
} from "./people";

// One tenant with something in every list serves all tests, in one worker.
test.describe.configure({ mode: "default", timeout: 480_000 });

let owner: string;
let api: Api;
let data: Data;

test.beforeAll(async ({ playwright, baseURL }) => {
  const request: APIRequestContext = await playwright.request.newContext({ baseURL });
  owner = await register(request);
  api = await asPerson(request, owner);
  data = await workedOn(api);
});

const ASKING = PAGES.filter((spot) => spot.asks);
const IN_SHELL = PAGES.filter((spot) => spot.inShell);

const main = (page: Page): Locator => page.getByRole("main");

// A machine that does much else at the same time is slow, not wrong.
const expect = check.configure({ timeout: 20_000 });

/** Looks at each page, and tells of all that fail. */
async function each(spots: Spot[], look: (spot: Spot) => Promise<void>): Promise<void> {
  const failed: string[] = [];
  for (const spot of spots) {
    await look(spot).catch((error: unknown) => failed.push(`${spot.name}: ${error}`));
  }
  expect(failed.join("\n\n")).toBe("");
}

/** Goes to another page as a link of the page would, without loading the document again. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    // Each page names the window, so that it is seen when it has come.
    document.title = "";
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await expect(page).toHaveTitle(/IGNY8/);
}

/** Nothing of the page waits for anything any more. */
async function settled(page: Page): Promise<void> {
  await expect(main(page)).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** What is said on the page, without what no person should read. */
async function text(page: Page): Promise<string> {
  const said = (await main(page).allInnerTexts()).join("\n");
  expect(said, page.url()).not.toMatch(/undefined|\bNaN\b|Invalid Date|\[object|\bnull\b/);
  expect(said.trim().length, `${page.url()} is blank`).toBeGreaterThan(20);
  return said;
}

/** The requests for data: all but who one is and what keeps the page alive. */
const READS = /\/api\/(?!auth\/(me|refresh|login)$|system\/events)/;

type Gate = { answer?: { status: number; body: string }; free: () => void };

/**
 * Reads wait at a gate in the page itself until it is freed, and are answered by what stands there, if anything does. Not
 * by routes: with them, a browser has no cache, and each page would bring and compile all scripts again.
 */
async function gated(page: Page, answer?: Gate["answer"]): Promise<void> {
  await page.addInitScript(
    ({ reads, answer }) => {
      let free = () => {};
      const freed = new Promise<void>((go) => (free = go));
      const gate: Gate = { answer, free };
      Object.assign(window, { gate });
      const real = window.fetch;
      window.fetch = async (input, init) => {
        const request = new Request(input, init);
        if (request.method !== "GET" || !new RegExp(reads).test(request.url)) return real(request);
        if (!gate.answer) await freed;
        if (!gate.answer) return real(request);
        const { status, body } = gate.answer;
        return new Response(body, { status, headers: { "content-type": "application/problem+json" } });
      };
    },
    { reads: READS.source, answer },
  );
}

const open = (page: Page) =>
  page.evaluate(() => {
    const { gate } = window as unknown as { gate: Gate };
    gate.answer = undefined;
    gate.free();
  });

/** The pages of lists that a site has. */
const OF_A_SITE = ["planner-keywords", "planner-clusters", "planner-ideas", "writer-tasks", "writer-content"];

test("without anything in it, each page says what would be here and what to do", async ({ page, request }) => {
  const email = await register(request);
  const mine = await asPerson(request, email);
  await signIn(page, email);
  const nothing: Record<string, string> = {};
  const visit = async (spots: Spot[], of: Data) => {
    await page.goto("/nowhere");
    await each(spots, async (spot) => {
      await go(page, spot.at(of));
      await settled(page);
      const said = await text(page);
      expect(said, `${spot.name} has no data to show`).not.toContain("could not be loaded");
      nothing[spot.name] = said;
      const next = main(page).locator("a[href], button:enabled");
      expect(await next.count(), `${spot.name} offers nothing to do`).toBeGreaterThan(0);
    });
  };
  // Without a site; the pages of an object say that it is not there.
  await visit(PAGES, { site: "01NOSUCHSITE", content: "01NOSUCHCONTENT", job: "01NOSUCHJOB" });
  for (const name of ["editor", "job", "site"]) expect(nothing[name]).toContain("does not exist");
  for (const name of [...OF_A_SITE, "publisher"]) expect(nothing[name]).toContain("No site yet");
  // With a site that is empty.
  const site = (await addSite(mine)).id as string;
  await visit(
    PAGES.filter((spot) => spot.path || spot.name === "site"),
    { site, content: "", job: "" },
  );
  for (const name of [...OF_A_SITE, "jobs", "notices"]) expect(nothing[name]).toMatch(/No \w+ yet|Nothing/);
});

/** How far things moved by themselves since the page was opened. */
const shift = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<{ sum: number; what: string[] }>((done) => {
        let sum = 0;
        const what: string[] = [];
        type Shift = PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
          sources: { node?: Node; previousRect: DOMRect; currentRect: DOMRect }[];
        };
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as Shift[]) {
            if (entry.hadRecentInput) continue;
            sum += entry.value;
            for (const { node, previousRect, currentRect } of entry.sources) {
              const element = node instanceof Element ? node : node?.parentElement;
              what.push(
                `${entry.value.toFixed(4)} ${element?.tagName} ${element?.className} "${element?.textContent?.slice(0, 30)}" y ${previousRect.y}→${currentRect.y} x ${previousRect.x}→${currentRect.x}`,
              );
            }
          }
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => setTimeout(() => done({ sum, what }), 50));
      }),
  );

/** The layout shift that a page may have; Google calls 0.1 good. */
const MOST_SHIFT = 0.02;

test("while it is loading, a page holds the places of what comes", async ({ page }) => {
  await signIn(page, owner);
  await gated(page);
  const shifts: { name: string; sum: number; what: string[] }[] = [];
  for (const [device, width, height] of [
    ["desktop", 1280, 800],
    ["phone", 360, 740],
  ] as const) {
    await page.setViewportSize({ width, height });
    await each(ASKING, async (spot) => {
      await page.goto(spot.at(data));
      await expect(main(page).locator("[data-skeleton]").first(), `${spot.name} shows no skeleton`).toBeVisible();
      expect(await page.locator("main[aria-busy=true], main [aria-busy=true]").count(), spot.name).toBeGreaterThan(0);
      await open(page);
      await settled(page);
      shifts.push({ name: `${spot.name} ${device}`, ...(await shift(page)) });
    });
  }
  shifts.sort((a, b) => b.sum - a.sum);
  console.log(
    `layout shift, the worst of ${shifts.length}: ${shifts
      .slice(0, 5)
      .map(({ name, sum }) => `${name} ${sum.toFixed(4)}`)
      .join(", ")}`,
  );
  const moved = shifts.filter(({ sum }) => sum > MOST_SHIFT);
  expect(moved.map(({ name, sum, what }) => `${name} ${sum.toFixed(3)}\n  ${what.join("\n  ")}`).join("\n")).toBe("");
});

test("when the server fails, each page says so, and again works", async ({ page }) => {
  await signIn(page, owner);
  const body = { type: "about:blank", title: "internal", status: 500, code: "internal", request_id: "r-1" };
  await gated(page, { status: 500, body: JSON.stringify({ ...body, detail: "Something went wrong on our side." }) });
  await each(ASKING, async (spot) => {
    await page.goto(spot.at(data));
    const alert = main(page).getByRole("alert");
    await expect(alert.first(), spot.name).toContainText("Something went wrong on our side.");
    await settled(page);
    await text(page);
    await open(page);
    const again = alert.getByRole("button", { name: "Try again" });
    await expect(async () => {
      // The page also looks again by itself, and may be faster.
      while ((await again.count()) > 0)
        await again
          .first()
          .click({ timeout: 1000 })
          .catch(() => undefined);
      await expect(alert).toHaveCount(0, { timeout: 1000 });
    }, spot.name).toPass();
    await settled(page);
    expect(await text(page), spot.name).not.toContain("on our side");
  });
});

test("offline, each page says so, and comes by itself when the network is back", async ({ page, context }) => {
  await signIn(page, owner);
  const pill = page.getByRole("status").filter({ hasText: "You are offline." });
  await page.goto("/nowhere");
  await settled(page);
  await each(PAGES, async (spot) => {
    await context.setOffline(true);
    try {
      await go(page, spot.at(data));
      await expect(pill).toBeVisible();
      await settled(page);
      await text(page);
    } finally {
      await context.setOffline(false);
    }
    await expect(pill).toHaveCount(0);
    await expect(main(page).getByRole("alert")).toHaveCount(0);
    await settled(page);
    expect(await text(page)).not.toMatch(/You are offline|No connection/);
  });
});

/** What may be pressed where one can only read, beside the names of what is listed; anything else is a change. */
const READING = [
  /^(Export|Try again|More filters|Fewer filters|Show more|Show older ones|Older versions)$/,
  /^(Save view|Clear|Clear filters|Forget the view .*|Last \d+ days|(Hide|Show) chart|Board|Cards|Table|Sizes|Hubs|In other sites)$/,
  // The editor's looks at what is there.
  /^(Preview|View JSON-LD|Revision \d+.*View)$/,
  // Where a claim stands in the text, and what a deployment warned of.
  /^(“.+”|\d+ warnings?)$/,
  // One's own person and own mark of what was read, and what is kept in the browser.
  /^(Mark all as read|Change password by email|Sign out|Light|Dark|System|Leave Acme Garage)$/,
  // Menus that hold nothing but ways to other pages then; they are opened by the test of roles.
  /^Actions for (Taller Ana|\S+@example\.com|The viewer)$/,
];
/** Names of what is in the lists: pressed, they open. */
let names: string[];

test.beforeAll(async () => {
  const lists = ["planner/clusters", "planner/ideas", "writer/tasks", "writer/content"];
  type Item = { name?: string; title?: string };
  const items: Item[] = (await Promise.all(lists.map((list) => api.get(`/api/${list}?site_id=${data.site}`)))).flatMap(
    (list) => list.items,
  );
  names = items.flatMap((item) => item.name || item.title || []);
  // Without them nothing would be told from what changes; with an empty one, everything would be let through.
  expect(names.length).toBeGreaterThan(0);
});

async function changes(page: Page, spot: Spot): Promise<string[]> {
  const controls = await main(page).evaluate((root) => {
    const seen = root.querySelectorAll<HTMLElement>(
      "button, input, textarea, select, [contenteditable=true], [role=button], [role=menuitem], [role=switch]",
    );
    const disabled = ":disabled, [aria-disabled=true], [readonly]";
    return [...seen]
      .filter((one) => !one.closest("search, thead, [hidden], [aria-hidden=true]") && !one.matches(disabled))
      .map((one) => one.getAttribute("aria-label") || one.textContent?.trim() || one.outerHTML.slice(0, 120));
  });
  return controls
    .filter((name) => !READING.some((one) => one.test(name)) && !names.some((one) => name.startsWith(one)))
    .map((name) => `${spot.name}: ${name}`);
}

/** Every page is shown to who may only read: with what is on it, and without a way to change it. */
async function readsOnly(page: Page, banner: string, hidden: string[]): Promise<void> {
  const sent: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    const quiet = /\/api\/(auth\/(refresh|login)|system\/(events\/ticket|notices\/read))$/;
    if (request.method() !== "GET" && !quiet.test(path)) sent.push(`${request.method()} ${path}`);
  });
  await page.goto("/nowhere");
  const found: string[] = [];
  await each(PAGES, async (spot) => {
    await go(page, spot.at(data));
    await settled(page);
    const said = await text(page);
    if (spot.inShell) await expect(page.getByText(banner), spot.name).toBeVisible();
    if (hidden.includes(spot.name)) expect(said, spot.name).toMatch(/may not|This account is/);
    else expect(said, spot.name).not.toMatch(/could not be loaded|may not/);
    found.push(...(await changes(page, spot)));
  });
  expect(found).toEqual([]);
  expect(sent).toEqual([]);
}

test("a viewer sees every page, and nothing on it changes anything", async ({ page, request }) => {
  await signIn(page, await member(request, api, "viewer"));
  await readsOnly(page, "You are a viewer here", [
    "welcome",
    "settings-api-keys",
    "settings-ai-models",
    "billing-usage",
  ]);
});

async function suspended(context: BrowserContext): Promise<void> {
  // Nothing suspends a tenant yet; the status is in the contract.
  await context.route(/\/api\/auth\/me$/, async (route) => {
    const answer = await route.fetch();
    const me = await answer.json();
    await route.fulfill({ response: answer, json: { ...me, tenant: { ...me.tenant, status: "suspended" } } });
  });
}

test("a suspended account says so on every page, and nothing on it changes anything", async ({ page, context }) => {
  await signIn(page, owner);
  await suspended(context);
  await readsOnly(page, "This account is suspended", ["welcome"]);
});

test("without credits every page says so, and what costs says how many are missing and sends nothing", async ({
  page,
}) => {
  await api.post("/api/planner/keywords", { site_id: data.site, keywords: [{ keyword: "tyre change" }] });
  await signIn(page, owner);
  await page.route(/\/api\/billing\/balance$/, async (route) => {
    const answer = await route.fetch();
    const none = { balance: 0, available: 0, reserved: 0, monthly: 0, bonus: 0 };
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...none } });
  });
  const started: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (request.method() === "POST" && /\/(cluster|generate|prompts)$/.test(pathname) && search !== "?estimate=true")
      started.push(pathname);
  });
  await page.goto("/nowhere");
  await each(IN_SHELL, async (spot) => {
    await go(page, spot.at(data));
    await settled(page);
    await expect(page.getByRole("status").filter({ hasText: "You have no credits left" })).toBeVisible();
  });

  const refused = async (missing: RegExp) => {
    const dialog = page.getByRole("alertdialog");
    await expect(dialog).toContainText(missing);
    await expect(dialog.getByRole("link", { name: "See credits and plans" })).toBeVisible();
    await expect(dialog.getByRole("button", { name: /^(Spend|Start)/ })).toHaveCount(0);
    await dialog.getByRole("button", { name: "Cancel" }).click();
  };
  await go(page, "/planner/keywords");
  await page.getByRole("button", { name: "Cluster all new" }).click();
  await refused(/1 credit is missing/);
  await go(page, "/planner/clusters");
  await page.getByRole("checkbox").nth(1).check({ force: true });
  await askForIdeas(page);
  await refused(/credits? (is|are) missing/);
  await go(page, "/writer/tasks?view=table");
  // One of the two is written already, and they are of the same moment: either may stand first.
  await page.getByRole("checkbox", { name: "Choose all loaded rows" }).check({ force: true });
  await page.getByRole("toolbar").getByRole("button", { name: "Write" }).click();
  await refused(/3 credits are missing/);
  expect(started).toEqual([]);
});

test("the forms of who is not signed in say when the server fails or is not there", async ({ page }) => {
  let there = true;
  await page.route(/\/api\/auth\//, (route) =>
    there ? route.fulfill({ status: 503, body: "" }) : route.abort("internetdisconnected"),
  );
  // The client waits before it asks again; that is not waited for here.
  await page.clock.install();
  const says = (what: string) =>
    expect(async () => {
      await page.clock.fastForward(2000);
      await check(page.getByRole("alert")).toContainText(what, { timeout: 200 });
    }).toPass({ timeout: 20_000 });
  await each(OPEN, async (spot) => {
    there = true;
    await page.goto(`${spot.path}#token=x`);
    const submit = page.locator("form button[type=submit]");
    // The fields are listed as they are at that moment: not before the form is there.
    await expect(submit).toBeVisible();
    for (const field of await page.locator("form input").all()) {
      await field.fill((await field.getAttribute("type")) === "email" ? "ana@example.com" : "correct horse battery");
    }
    await submit.click();
    await says("cannot answer at the moment");
    there = false;
    await submit.click();
    await says("No connection");
  });
});
