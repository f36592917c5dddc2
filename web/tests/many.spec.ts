/**
 * Ten thousand keywords in one table. What is counted must hold: rows in the page, requests, totals. Times depend on the
 * machine and on what else runs on it, so they are printed, beside those of an empty page in the same run.
 */
import { expect as check, type Page } from "@playwright/test";
import { addSite, asPerson, register, signIn, test } from "./people";

// To count ten thousand takes the server its time.
const expect = check.configure({ timeout: 60_000 });

const MANY = 10_000;
/** Rows that the server gives at once. */
const PAGE = 200;
/** Rows that may be in the page at a time, however many there are. */
const MOST_ROWS = 40;
/** Elements that a row may be made of: what a scroll costs is theirs. */
const MOST_ELEMENTS = 20;

const TOPICS = ["brake pads", "oil change", "wheel alignment", "tyre rotation", "battery replacement"];
const INTENTS = ["informational", "navigational", "commercial", "transactional"];

function csv(): string {
  const lines = Array.from(
    { length: MANY },
    (_, n) => `${TOPICS[n % 5]} ${n},${(n * 37) % 5000},${n % 101},1.20,${INTENTS[n % 4]}`,
  );
  return ["Keyword,Volume,KD,CPC,Intent", ...lines].join("\n");
}

type Figures = { frames: number; median: number; p95: number; longest: number; longTasks: number; longestTask: number };

function figures(deltas: number[], tasks: number[]): Figures {
  const sorted = [...deltas].sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return {
    frames: sorted.length,
    median: at(0.5),
    p95: at(0.95),
    longest: Math.round(sorted.at(-1) ?? 0),
    longTasks: tasks.length,
    longestTask: Math.round(Math.max(0, ...tasks)),
  };
}

/** Watches frames and long tasks while `work` is done. */
async function watched(page: Page, work: () => Promise<void>): Promise<Figures> {
  await page.evaluate(() => {
    const seen = { deltas: [] as number[], tasks: [] as number[], on: true };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (seen.on) seen.tasks.push(entry.duration);
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now: number) => {
      if (!seen.on) return;
      seen.deltas.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await work();
  const seen = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: { deltas: number[]; tasks: number[]; on: boolean } };
    seen.on = false;
    return seen;
  });
  return figures(seen.deltas.slice(1), seen.tasks);
}

/** Scrolls the table from where it is to its end, some rows with each frame, and tells what was there on the way. */
const scroll = (page: Page, pixels: number) =>
  page.evaluate(
    (step) =>
      new Promise<{ mostRows: number; blank: number; longestBlank: number }>((done) => {
        const box = document.querySelector<HTMLElement>("section[aria-label^=Keywords]");
        if (!box) throw new Error("no table");
        const found = { mostRows: 0, blank: 0, longestBlank: 0 };
        let emptySince: number | undefined;
        let ends = 0;
        const frame = () => {
          const rows = box.querySelectorAll<HTMLElement>("tr[aria-rowindex]");
          found.mostRows = Math.max(found.mostRows, rows.length);
          const first = rows[0]?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
          const last = rows[rows.length - 1]?.getBoundingClientRect().bottom ?? 0;
          const { top, bottom } = box.getBoundingClientRect();
          // Under the head, and above the end of what is loaded, every line must show a row.
          if (first > top + 60 || last < bottom - 60) {
            found.blank += 1;
            emptySince ??= performance.now();
            found.longestBlank = Math.max(found.longestBlank, performance.now() - emptySince);
          } else emptySince = undefined;
          const isEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
          ends = isEnd ? ends + 1 : 0;
          // The end of what is loaded is the end of all when nothing more comes.
          if (ends > 30 && /^([\d,]+) of \1/.test(box.nextElementSibling?.textContent ?? "")) return done(found);
          box.scrollTop += step;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    pixels,
  );

test("ten thousand keywords scroll and filter", async ({ page, request }) => {
  test.setTimeout(900_000);
  const email = await register(request);
  const api = await asPerson(request, email);
  const site = (await addSite(api)).id as string;
  const started = Date.now();
  const { url, import_id } = await api.post("/api/planner/keywords/import-url", { site_id: site });
  const put = await request.put(url, { data: csv(), headers: { "content-type": "application/octet-stream" } });
  expect(put.ok(), await put.text()).toBe(true);
  const { job } = await api.post(`/api/planner/keywords/imports/${import_id}/run`, {});
  await expect(async () => {
    expect((await api.get(`/api/system/jobs/${job.id}`)).status).toBe("succeeded");
  }).toPass({ timeout: 480_000, intervals: [500] });
  const total = async (query = "") =>
    (await api.get(`/api/planner/keywords?site_id=${site}&limit=1&count=true${query}`)).total as number;
  expect(await total()).toBe(MANY);
  console.log(`imported ${MANY} keywords in ${((Date.now() - started) / 1000).toFixed(1)} s`);

  await signIn(page, email);
  const asked: string[] = [];
  page.on("request", (one) => {
    const { pathname, searchParams } = new URL(one.url());
    if (pathname === "/api/planner/keywords" && searchParams.get("limit") === String(PAGE))
      asked.push(searchParams.get("cursor") ?? "");
  });
  await page.goto("/nowhere");
  await expect(page.getByText("There is no such page")).toBeVisible();
  const empty = await watched(page, () => page.waitForTimeout(1500));
  const tell = (name: string, one: Figures) =>
    console.log(
      `${name}: ${one.frames} frames, median ${one.median} ms (${(one.median / empty.median).toFixed(2)} of an empty page), p95 ${one.p95} ms, longest ${one.longest} ms; ${one.longTasks} long tasks, longest ${one.longestTask} ms`,
    );
  tell("empty page", empty);

  await page.goto("/planner/keywords");
  const table = page.getByRole("region", { name: /^Keywords of/ });
  const foot = table.locator("xpath=following-sibling::footer");
  const all = MANY.toLocaleString("en-US");
  await expect(foot).toContainText(`200 of ${all}`);
  asked.length = 1;
  const elements = table
    .locator("tr[aria-rowindex]")
    .evaluateAll((rows) => rows.map((row) => 1 + row.querySelectorAll("*").length));
  expect(Math.max(...(await elements))).toBeLessThanOrEqual(MOST_ELEMENTS);
  let way = { mostRows: 0, blank: 0, longestBlank: 0 };
  const down = await watched(page, async () => {
    way = await scroll(page, 2000);
  });
  tell("scrolling down, loading", down);
  console.log(
    `most rows in the page ${way.mostRows}; blank in ${way.blank} frames, longest ${Math.round(way.longestBlank)} ms`,
  );
  expect(way.mostRows).toBeLessThan(MOST_ROWS);
  expect(asked.length, "each page of the server is read once").toBe(MANY / PAGE);
  expect(new Set(asked).size).toBe(MANY / PAGE);
  await expect(foot).toContainText(`${all} of ${all}`);
  await expect(table.locator(`tr[aria-rowindex="${MANY}"]`)).toBeVisible();

  // Back to the top in jumps of some screens, with everything loaded.
  const up = await watched(page, async () => {
    await table.evaluate(
      (box) =>
        new Promise<void>((done) => {
          const frame = () => {
            box.scrollTop -= 4000;
            if (box.scrollTop > 0) requestAnimationFrame(frame);
            else done();
          };
          requestAnimationFrame(frame);
        }),
    );
  });

  tell("scrolling up, loaded", up);

  // A change at the top of all that reads what is in sight again, not all that was ever loaded.
  asked.length = 0;
  await table.getByRole("checkbox").nth(1).check({ force: true });
  await page.getByRole("toolbar").getByRole("button", { name: "Archive", exact: true }).click();
  await expect(table.getByText("Archived").first()).toBeVisible();
  await expect(foot).toContainText(`${all} of ${all}`);
  expect(asked.length, "requests after a change").toBe(1);

  const filter = async (name: string, query: string, act: () => Promise<void>) => {
    asked.length = 0;
    const expected = await total(query);
    expect(expected).toBeGreaterThan(0);
    expect(expected).toBeLessThan(MANY);
    const since = Date.now();
    const seen = await watched(page, async () => {
      await act();
      await expect(foot).toContainText(`of ${expected.toLocaleString("en-US")}`);
    });
    console.log(`filter by ${name}: answered after ${Date.now() - since} ms`);
    tell(`filter by ${name}`, seen);
    expect(asked.length, `requests for ${name}`).toBe(1);
    await expect(table.locator("tr[aria-rowindex]").first()).toBeVisible();
    expect(await table.locator("tr[aria-rowindex]").count()).toBeLessThan(MOST_ROWS);
  };
  // All letters before the page gets to draw: however slow the machine is, nobody stops in between.
  const type = (label: string, text: string) =>
    page.getByLabel(label, { exact: true }).evaluate((input, word) => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
      for (let n = 1; n <= word.length; n += 1) {
        set?.call(input, word.slice(0, n));
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    }, text);
  await filter("text", "&q=oil+change+1", () => type("Begins with…", "oil change 1"));
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(foot).toContainText(`of ${all}`);
  await page.getByRole("button", { name: "More filters" }).click();
  await filter("volume", "&min_volume=4000", () => type("Volume from", "4000"));
  await filter("intent", "&min_volume=4000&intent=commercial", async () => {
    await page.getByRole("button", { name: /Any intent/ }).click();
    await page.getByRole("option", { name: "Commercial" }).click();
  });
});
