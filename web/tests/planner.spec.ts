/** What a person does with many keywords and with clusters: change, move, merge, split, and a look at the hubs. */
import { expect, type Page } from "@playwright/test";
import { type Api, accessible, addSite, asPerson, fits, register, signIn, test } from "./people";

const NAMES = ["brake pads", "brake discs", "brake fluid", "oil change", "oil filter"];

async function garage(page: Page): Promise<{ api: Api; site: string; cluster: (name: string) => Promise<string> }> {
  const email = await register(page.request);
  const api = await asPerson(page.request, email);
  const site = (await addSite(api)).id;
  const keywords = NAMES.map((keyword) => ({ keyword, volume: 100 }));
  await api.post("/api/planner/keywords", { site_id: site, keywords });
  await signIn(page, email);
  return {
    api,
    site,
    cluster: async (name) => (await api.post("/api/planner/clusters", { site_id: site, name })).id,
  };
}

/** Ticks the rows of these names. */
async function choose(page: Page, names: string[]): Promise<void> {
  for (const name of names) {
    const row = page.getByRole("row").filter({ hasText: name });
    await row.getByRole("checkbox").click({ force: true });
  }
  await expect(page.getByRole("toolbar", { name: `${names.length} ` })).toBeVisible();
}

const toolbar = (page: Page) => page.getByRole("toolbar").filter({ hasText: "chosen" });

test("many keywords are changed, moved, and as before again", async ({ page }) => {
  const { api, cluster } = await garage(page);
  const brakes = await cluster("Brakes");
  await page.goto("/planner/keywords");
  await choose(page, NAMES.slice(0, 3));
  await toolbar(page).getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toHaveText("Choose at least one thing to change.");
  await form.getByRole("button", { name: /Intent/ }).click();
  await page.getByRole("option", { name: "Commercial" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("3 keywords changed.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Commercial" })).toHaveCount(3);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("3 keywords as before.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Commercial" })).toHaveCount(0);

  await choose(page, NAMES.slice(0, 2));
  await toolbar(page).getByRole("button", { name: "Move" }).click();
  await form.getByRole("button", { name: /To which cluster/ }).click();
  await page.getByRole("option", { name: "Brakes" }).click();
  await form.getByRole("button", { name: "Move" }).click();
  await expect(page.getByText("2 keywords moved.")).toBeVisible();
  const totals = async () => {
    const { keyword_count, volume } = await api.get(`/api/planner/clusters/${brakes}`);
    return [keyword_count, volume];
  };
  expect(await totals()).toEqual([2, 200]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("2 keywords as before.")).toBeVisible();
  expect(await totals()).toEqual([0, 0]);
});

test("clusters are merged, split, and stand with their hub", async ({ page }) => {
  const { api, site, cluster } = await garage(page);
  const [brakes, pads] = [await cluster("Brakes"), await cluster("Pads")];
  const { items } = await api.get(`/api/planner/keywords?site_id=${site}`);
  const ids = items.map((row: { id: string }) => row.id);
  for (const [to, some] of [
    [brakes, ids.slice(0, 3)],
    [pads, ids.slice(3)],
  ]) {
    await api.post("/api/planner/keywords/bulk", { action: "update", ids: some, change: { cluster_id: to } });
  }
  await page.goto("/planner/clusters");
  await choose(page, ["Brakes", "Pads"]);
  await toolbar(page).getByRole("button", { name: "Merge" }).click();
  await page.getByRole("button", { name: "Merge into “Brakes”" }).click();
  await expect(page.getByText(/Merge clusters: 1 of 1 done/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Pads", exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: "Brakes", exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Split" }).click();
  const split = page.getByRole("dialog", { name: "Split “Brakes”" });
  await split.getByLabel("Name of the new cluster").fill("Oil");
  await split.getByLabel("Find keywords").fill("oil");
  for (const name of ["oil change", "oil filter"]) await split.getByLabel(name).click({ force: true });
  await split.getByRole("button", { name: "Split" }).click();
  await expect(page.getByText("“Oil” made of 2 keywords.")).toBeVisible();
  // The new one is open: it gets a hub.
  await page.getByRole("dialog").getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog", { name: "Edit cluster" });
  await form.getByRole("button", { name: /Supports the hub/ }).click();
  await page.getByRole("option", { name: "Brakes" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Cluster saved.")).toBeVisible();

  await page.goto("/planner/clusters?picture=hubs");
  const spokes = page.getByRole("list", { name: "Spokes of Brakes" });
  await expect(spokes.getByRole("button", { name: "Oil" })).toBeVisible();
  await page.getByText("The same as a table").click();
  await expect(page.getByRole("region", { name: "Hubs and spokes as a table" }).getByRole("row")).toHaveCount(3);
  await accessible(page);
  await fits(page);
  await spokes.getByRole("button", { name: "Oil" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Oil" })).toBeVisible();
});

test("an idea is renamed, rejected with a reason, and restored", async ({ page }) => {
  const { api, site } = await garage(page);
  await api.post("/api/planner/ideas", { site_id: site, title: "All about brakes" });
  await page.goto("/planner/ideas");
  await page.getByRole("button", { name: "All about brakes", exact: true }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Title").fill("Brakes: the guide");
  await form.getByRole("button", { name: /Structure/ }).click();
  await page.getByRole("option", { name: "Guide" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  const card = page.getByRole("article", { name: "Brakes: the guide" });
  await card.getByRole("button", { name: /Actions/ }).click();
  await page.getByRole("menuitem", { name: "Reject" }).click();
  await form.getByLabel("Why (optional)").fill("Too wide");
  await form.getByRole("button", { name: "Reject" }).click();
  await expect(card.getByText("Rejected: Too wide")).toBeVisible();
  await card.getByRole("button", { name: /Actions/ }).click();
  await page.getByRole("menuitem", { name: "Restore", exact: true }).click();
  await expect(card.getByText("Rejected: Too wide")).toHaveCount(0);
});
