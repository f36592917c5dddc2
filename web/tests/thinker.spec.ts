/** How the AI is asked, and when: prompts with their versions and bench, authors and strategies, schedules. */
import { expect, type Page } from "@playwright/test";
import { type Api, addSite, asPerson, pay, register, signIn, sound, test } from "./people";

// A machine that does much else at the same time is slow, not wrong; a control that is not there is told soon.
test.use({ actionTimeout: 20_000 });
test.describe.configure({ timeout: 300_000 });

/** The button that agrees, whatever it costs. */
const COSTS = /^(Spend|Start, free)/;

const dialog = (page: Page) => page.getByRole("dialog");
const messages = (page: Page) => page.getByLabel("Messages");

async function admin(page: Page): Promise<{ api: Api; site: string }> {
  const email = await register(page.request);
  const api = await asPerson(page.request, email);
  const site = (await addSite(api)).id as string;
  await signIn(page, email);
  return { api, site };
}

test("a prompt is refused while it lacks what it needs, then saved, checked, used, tried, and the default again", async ({
  page,
}) => {
  const { api } = await admin(page);
  await page.goto("/thinker/prompts");
  await page.getByRole("link", { name: "Group keywords" }).click();
  const template = page.getByLabel("Template");
  const before = await template.inputValue();
  const save = page.getByRole("button", { name: "Save as a new version" });
  await template.fill("Group them.");
  await save.click();
  await expect(page.getByText("It never uses {{ keywords }}", { exact: false })).toBeVisible();
  await sound(page);
  await template.fill(before.replace("\n", "\nBe brief.\n"));
  await page.getByLabel("What has changed").fill("Shorter answers");
  await save.click();
  await expect(messages(page)).toContainText("Version 1 is saved.");

  // The difference to what is in use, line by line; it is checked before it is used.
  const view = page.getByRole("button", { name: "View version 1" });
  await view.click();
  await expect(dialog(page).getByRole("region", { name: "Changes, line by line" })).toContainText("+ Be brief.");
  await expect(dialog(page)).toContainText("Not checked");
  await sound(page);
  await dialog(page).getByRole("button", { name: "Check", exact: true }).click();
  await pay(page, COSTS, /Check a prompt: \d+ of \d+ done/);
  await view.click();
  await expect(dialog(page)).toContainText("Not worse than what is in use");
  await expect(dialog(page).getByRole("table").first()).toBeVisible();
  await sound(page);
  await dialog(page).getByRole("button", { name: "Use it", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Use it" }).click();
  await expect(page.getByText("Version 1 in use")).toBeVisible();
  expect((await api.get("/api/thinker/prompts/auto_cluster")).live).toBe(1);

  // On the bench, the same question to two texts.
  const ask = page.getByRole("button", { name: "Ask" });
  for (const at of [0, 1]) {
    await ask.nth(at).click();
    await pay(page, COSTS, /Try a prompt: 1 of 1 done/);
    await expect(page.getByText("Answer as it is read")).toHaveCount(at + 1);
  }
  await sound(page);

  await page.getByRole("button", { name: "Use the default" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Use the default" }).click();
  await expect(page.getByText("Default in use")).toBeVisible();
  await expect(template).toHaveValue(before);
});

test("an author and a strategy are drafted by the AI, looked over and kept", async ({ page }) => {
  const { api } = await admin(page);
  for (const [path, wish, drafted, keep, list] of [
    ["authors", "A patient mechanic who explains.", /Draft an author: 1 of 1 done/, "Add author", "author-profiles"],
    ["strategies", "Guides with questions at the end.", /Draft a strategy: 1 of 1 done/, "Add strategy", "strategies"],
  ] as const) {
    await page.goto(`/thinker/${path}`);
    await page.getByRole("button", { name: "Draft with AI" }).click();
    await dialog(page).getByLabel("Your wish").fill(wish);
    await sound(page);
    await dialog(page).getByRole("button", { name: "Draft", exact: true }).click();
    await pay(page, COSTS, drafted);
    // The draft is a form to look over; nothing is kept by itself.
    const name = dialog(page).getByLabel("Name", { exact: true });
    await expect(name).not.toHaveValue("");
    expect((await api.get(`/api/thinker/${list}`)).items).toEqual([]);
    await name.fill("As Ana would");
    await sound(page);
    await dialog(page).getByRole("button", { name: keep }).click();
    await expect(page.getByText("As Ana would").first()).toBeVisible();
    await expect.poll(async () => (await api.get(`/api/thinker/${list}`)).items.length).toBe(1);
  }
});

test("a schedule says what it would do, is set, runs at once, and everything is paused", async ({ page }) => {
  const { api, site } = await admin(page);
  const keywords = ["brake pads", "brake discs", "oil change"].map((keyword) => ({ keyword }));
  await api.post("/api/planner/keywords", { site_id: site, keywords });
  await page.goto("/automation");
  const card = page.getByRole("region", { name: "Cluster keywords" });
  await expect(card).toContainText("1 credit at most");
  await card.getByText(/^What: /).click();
  await expect(card).toContainText("keywords from");
  await sound(page);
  await card.getByRole("button", { name: "Settings" }).click();
  await dialog(page).getByLabel("Credits a run, at most").fill("5");
  await dialog(page).getByRole("checkbox", { name: "Start nothing in quiet hours" }).check({ force: true });
  await sound(page);
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(card).toContainText("5 credits a run");
  await card.getByRole("switch").click({ force: true });
  await expect(messages(page)).toContainText("Cluster keywords: runs every 6 hours.");
  await card.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Run now" }).click();
  await expect(messages(page)).toContainText(/Cluster keywords: \d+ of \d+ done/, { timeout: 60_000 });
  expect((await api.get(`/api/planner/clusters?site_id=${site}&count=true`)).total).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Pause all" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Pause all" }).click();
  await expect(page.getByText("Nothing starts by itself.")).toBeVisible();
  await sound(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause all" })).toBeVisible();
});
