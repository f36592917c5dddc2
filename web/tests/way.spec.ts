import { expect } from "@playwright/test";
import { asApi, askForIdeas, pay, shows, signUp, test } from "./people";

const CSV = `Keyword,Volume,KD,CPC,Intent
brake pads,1300,34,1.20,commercial
best brake pads,900,40,1.50,commercial
change brake pads,700,21,,informational
how to change brake pads,600,18,,informational
oil change,2400,30,2.10,transactional
oil change near me,1900,25,2.30,transactional
oil change cost,1100,22,,commercial
brake pads,many,34,1.20,commercial
`;

test("from signing up to a public page, by clicking", async ({ page, context }) => {
  const email = await signUp(page, "Acme Garage");

  // Onboarding: a site, the hosted destination, keywords from a file with one bad line.
  await page.getByRole("button", { name: "Set up my site" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Taller Ana");
  await page.getByRole("button", { name: "Add the site" }).click();
  await page.getByRole("button", { name: "Publish here" }).click();
  await page.getByRole("button", { name: "Import a file" }).click();
  const importing = page.getByRole("dialog");
  await importing
    .locator("input[type=file]")
    .setInputFiles({ name: "keywords.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) });
  await importing.getByRole("button", { name: "Import", exact: true }).click();
  await expect(importing).toContainText("7 keywords brought in");
  await expect(importing.getByRole("cell", { name: "9", exact: true })).toBeVisible();
  await importing.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Cluster all new keywords" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("Remains");
  // Whoever presses twice pays once.
  await dialog.getByRole("button", { name: /^Spend up to 1 credit/ }).dblclick();
  await expect(page.getByLabel("Messages")).toContainText(/Cluster keywords: \d+ of \d+ done/, { timeout: 60_000 });
  expect((await (await asApi(page, email)).get("/api/system/jobs?function=auto_cluster&count=true")).total).toBe(1);

  // Ideas of the clusters.
  await page.getByRole("link", { name: "Clusters", exact: true }).click();
  await shows(page, "Clusters");
  await expect(page.getByRole("checkbox").nth(1)).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose all loaded rows" }).check({ force: true });
  await askForIdeas(page);
  await pay(page, /^Spend up to/, /Generate ideas: \d+ of \d+ done/);

  // One idea becomes a task, and the task an article.
  await page.getByRole("link", { name: "Ideas", exact: true }).click();
  await shows(page, "Ideas");
  await page.getByRole("button", { name: "Accept" }).first().click();
  await page.getByRole("button", { name: "Make a task" }).first().click();
  await page.getByRole("link", { name: "Tasks", exact: true }).click();
  await shows(page, "Tasks");
  await page.goto("/writer/tasks?view=table");
  await shows(page, "Tasks");
  await page.getByRole("checkbox").nth(1).check({ force: true });
  await page.getByRole("toolbar").getByRole("button", { name: "Write" }).click();
  await pay(page, /^Spend up to 3 credits/, /Write articles: 1 of 1 done/);

  // The article is edited, approved and published.
  await page.getByRole("link", { name: "Content", exact: true }).click();
  await shows(page, "Content");
  await page.getByRole("row").nth(1).click();
  const title = page.getByLabel("Title", { exact: true });
  await title.fill("Brake pads, by people who change them");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByLabel("Messages")).toContainText(/saved/i);
  await page.getByRole("button", { name: /^Approve/ }).click();
  await page
    .getByRole("button", { name: /^Publish/ })
    .first()
    .click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /free|publish/i })
    .last()
    .click();
  const address = page.getByRole("link", { name: /taller-ana.*\.localhost/ }).first();
  await expect(address).toBeVisible({ timeout: 60_000 });

  const [site] = await Promise.all([context.waitForEvent("page"), address.click()]);
  await expect(site.getByRole("heading", { level: 1 })).toHaveText("Brake pads, by people who change them");
});
