import { expect, type Page } from "@playwright/test";
import { asApi, PASSWORD, signUp, someone, test } from "./people";

/** A member of the owner's tenant, with the link of the invitation's mail. */
async function member(page: Page, owner: string, role: string): Promise<string> {
  const email = someone(role);
  await (await asApi(page, owner)).post("/api/auth/users", { email, role });
  const link = page.locator("article", { hasText: email }).getByRole("link", { name: /accept-invitation/ });
  await expect(async () => {
    await page.goto("/local/outbox");
    await expect(link).toBeVisible({ timeout: 1000 });
  }).toPass();
  const address = new URL((await link.getAttribute("href")) ?? "");
  await page.evaluate(() => localStorage.clear());
  await page.goto(address.pathname + address.hash);
  await page.getByLabel("Your name").fill(`The ${role}`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  return email;
}

async function withSite(page: Page): Promise<string> {
  const owner = await signUp(page);
  const api = await asApi(page, owner);
  const site = await api.post("/api/auth/sites", { name: "Taller", site_type: "blog", hosting_type: "igny8" });
  await api.post("/api/planner/keywords", { site_id: site.id, keywords: [{ keyword: "brake pads", volume: 100 }] });
  return owner;
}

test("a viewer sees everything and changes nothing", async ({ page }) => {
  const owner = await withSite(page);
  await member(page, owner, "viewer");
  await expect(page.getByText("You are a viewer here", { exact: false })).toBeVisible();
  await page.goto("/planner/keywords");
  await expect(page.getByRole("main").getByText("brake pads").first()).toBeVisible();
  for (const name of ["Import", "Import a file", "Add", "Cluster all new"]) {
    await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await page.goto("/settings/api-keys");
  await expect(page.getByText("Your role may not open this page")).toBeVisible();
  await expect(page.getByRole("link", { name: "API keys" })).toHaveCount(0);
});

test("an editor works with content and may not manage the team", async ({ page }) => {
  const owner = await withSite(page);
  await member(page, owner, "editor");
  await page.goto("/planner/keywords");
  await expect(page.getByRole("button", { name: /^Import/ }).first()).toBeEnabled();
  await page.goto("/settings/team");
  await expect(page.getByRole("main").getByText(owner).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Invite/ })).toHaveCount(0);
});

test("an admin manages the team below admin, and keys", async ({ page }) => {
  const owner = await withSite(page);
  await member(page, owner, "admin");
  await page.goto("/settings/team");
  await expect(page.getByRole("button", { name: /^Invite/ }).first()).toBeEnabled();
  await page.goto("/settings/api-keys");
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
});
