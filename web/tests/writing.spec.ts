/** The way of one article as an editor would go it: from an idea that is warned of to a page under one's own name. */
import { expect, type Page } from "@playwright/test";
import { type Api, addSite, asPerson, PASSWORD, pay, register, sound, test } from "./people";

// A machine that does much else at the same time is slow, not wrong; a control that is not there is told soon.
// Without a trace: it runs a script in each frame, which a preview refuses, and says so on the console.
test.use({ actionTimeout: 20_000, trace: "off" });

const dialog = (page: Page) => page.getByRole("dialog");
const messages = (page: Page) => page.getByLabel("Messages");

async function shop(page: Page): Promise<{ api: Api; site: string }> {
  const email = await register(page.request);
  const api = await asPerson(page.request, email);
  const site = (await addSite(api)).id as string;
  // By the form: a script that is set before the page loads would be set, and refused, in the frames of previews too.
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/$/);
  return { api, site };
}

const RIVAL = "When to change brake pads";
const TITLE = "When to change your brake pads";
const OUTLINE = ["The signs of wear", "How to measure them"];
const BY_HAND = "Ana Ruiz has changed them for twenty years.";

test("from an idea that is warned of to a public page, with every control of the editor", async ({ page, context }) => {
  test.setTimeout(480_000);
  const { api, site } = await shop(page);
  const outline = OUTLINE.map((heading) => ({ heading, points: [] }));
  await api.post("/api/planner/ideas", { site_id: site, title: RIVAL, target_keywords: ["change brake pads"] });
  await api.post("/api/writer/sources", {
    site_id: site,
    title: "Brake pad study 2025",
    url: "https://example.com/study",
    text: "On city roads pads last about 30,000 km.",
  });

  // The idea would compete with one that is there: it says with which, and a person decides.
  await page.goto("/planner/ideas");
  await page.getByRole("button", { name: "Add idea" }).click();
  await dialog(page).getByLabel("Title", { exact: true }).fill(TITLE);
  await dialog(page).getByLabel("Keywords", { exact: true }).fill("change brake pads");
  await sound(page);
  await dialog(page).getByRole("button", { name: "Add idea" }).click();
  const idea = page
    .getByRole("article")
    .filter({ has: page.getByRole("button", { name: TITLE, exact: true }) })
    .first();
  await expect(idea).toContainText(/Merge|Duplicate|Refresh instead/);
  await idea.getByRole("button", { name: TITLE, exact: true }).click();
  await expect(dialog(page).getByRole("link", { name: RIVAL, exact: true })).toBeVisible();
  await sound(page);
  await page.keyboard.press("Escape");
  await idea.getByRole("button", { name: "Accept" }).click();
  await idea.getByRole("button", { name: "Make a task" }).click();
  const warning = page.getByRole("alertdialog");
  await expect(warning).toContainText(RIVAL);
  await warning.getByRole("button", { name: "Make tasks anyway" }).click();
  await expect(messages(page)).toContainText("1 task made");

  // The task takes a source and an outline, and is written.
  const [task] = (await api.get(`/api/writer/tasks?site_id=${site}`)).items;
  await page.goto(`/writer/tasks?task=${task.id}`);
  await dialog(page).getByRole("button", { name: "Edit" }).click();
  await dialog(page).getByRole("checkbox", { name: "Brake pad study 2025" }).check({ force: true });
  for (const [at, { heading }] of outline.entries()) {
    await dialog(page).getByRole("button", { name: "Add section" }).click();
    await dialog(page)
      .getByRole("textbox", { name: /heading/i })
      .nth(at)
      .fill(heading);
  }
  await sound(page);
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await dialog(page).getByRole("button", { name: "Write" }).click();
  await pay(page, /^Spend up to 3 credits/, /Write articles: 1 of 1 done/);
  const [written] = (await api.get(`/api/writer/content?site_id=${site}`)).items;
  await page.goto(`/writer/content/${written.id}`);
  const body = page.getByRole("textbox", { name: "Body" });

  // The figure of the draft is bound to the source.
  const figures = page.getByRole("region", { name: "Figures and quotations" });
  await expect(figures.getByLabel("Supported").first()).toBeVisible();

  // A section that a person changed is written anew: both stand side by side, and the new one is taken over.
  const first = await body.locator("h2 + p").first().textContent();
  await body.locator("h2 + p").first().click();
  await page.keyboard.press("End");
  await page.keyboard.type(` ${BY_HAND}`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("All saved")).toBeVisible();
  const ai = page.getByRole("region", { name: "Let the AI write" });
  await ai.getByRole("button", { name: "Write anew" }).click();
  await dialog(page)
    .getByRole("button", { name: /The whole page/ })
    .click();
  await page.getByRole("option").nth(1).click();
  await sound(page);
  await dialog(page).getByRole("button", { name: "See the cost" }).click();
  await pay(page, /^Spend up to 1 credit/, /Write anew: 1 of 1 done/);
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(dialog(page).getByRole("region", { name: "Yours, as it is now" }).first()).toContainText(BY_HAND);
  await sound(page);
  await dialog(page).getByRole("radio", { name: "Take the new one" }).first().check({ force: true });
  await dialog(page).getByRole("button", { name: "Take it over" }).click();
  await expect(messages(page)).toContainText("The new text is in.");
  await expect(body).not.toContainText(BY_HAND);
  await expect(body).not.toContainText(first ?? "");

  // What was there is among the revisions, and the difference is shown.
  await page.getByRole("button", { name: /^Revision \d+ \(newest\)/ }).click();
  await expect(dialog(page)).toContainText(BY_HAND);
  await sound(page);
  await dialog(page).getByRole("button", { name: "Close" }).last().click();

  // Another title is found, and one is chosen.
  await ai.getByRole("button", { name: "Other titles" }).click();
  await pay(page, /^Spend up to/, /Find variations: \d of \d done/);
  const variations = page.getByRole("region", { name: /^Variations/ });
  const other = await variations.getByRole("listitem").first().locator("p").first().textContent();
  await variations.getByRole("button", { name: `Use “${other}”` }).click();
  await expect(page.getByLabel("Title", { exact: true })).toHaveValue(other ?? "");
  await expect(variations.getByText("In use")).toBeVisible();

  // The search result is drawn as one types, and says where it is cut.
  const search = page.getByRole("region", { name: "In search and lists" });
  await search
    .getByLabel("Title in search results")
    .fill("Brake pads: the signs, the tools, the steps, and what it costs to have it done");
  await expect(search.getByRole("figure")).toContainText("Brake pads: the signs");
  await expect(search.getByRole("figure")).toContainText("…");
  await search.getByLabel("Title in search results").fill("Brake pads in an hour");
  await expect(search.getByRole("figure")).toContainText("Brake pads in an hour");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("All saved")).toBeVisible();

  // Pictures are planned, made, put at the top and into the text.
  const pictures = page.getByRole("region", { name: "Pictures" });
  await pictures.getByRole("button", { name: "Plan" }).click();
  await pay(page, /^Start, free/, /Plan pictures: 1 of 1 done/);
  await pictures.getByRole("button", { name: /^Make \d/ }).click();
  await pay(page, /^Spend up to/, /Make pictures: \d of \d done/);
  // A row grows when its picture comes: nobody presses while they still move.
  await expect(pictures.getByText(/^(Planned|Being made…)$/)).toHaveCount(0);
  await pictures.getByRole("button", { name: "Use as featured" }).first().click();
  // At once: the second press waits for the first.
  await pictures.getByRole("button", { name: "Insert" }).last().click();
  await expect(body.locator("figure img")).toBeVisible();
  await expect(pictures.getByText("Featured", { exact: true })).toBeVisible();
  await body.locator("figure img").click();
  await expect(page.getByRole("textbox", { name: "Alt text" })).not.toHaveValue("");
  await expect(page.getByRole("textbox", { name: "Address of the image" })).toHaveCount(0);
  await page.getByRole("button", { name: "Preview" }).click();
  // Nothing of a test may run in a frame without scripts: it is looked at from outside.
  const preview = dialog(page).locator("iframe");
  await expect
    .poll(() =>
      preview.evaluate((frame: HTMLIFrameElement) => frame.contentDocument?.querySelector("img")?.naturalWidth ?? 0),
    )
    .toBeGreaterThan(0);
  await dialog(page).getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await pay(page, /free|publish/i, /Publish: 1 of 1 done/);
  const address = page.getByRole("link", { name: /taller-ana.*\.localhost/ }).first();
  const [visited] = await Promise.all([context.waitForEvent("page"), address.click()]);
  await expect(visited.getByRole("heading", { level: 1 })).toHaveText(other ?? "");
  await expect(visited).toHaveTitle(/Brake pads in an hour/);
  await expect(visited.locator("main figure img, article figure img").first()).toBeVisible();
});
