/** The way from keywords to a public page without a mouse: nothing is out of reach, and nothing loses the focus. */
import { expect, type Locator, type Page } from "@playwright/test";
import { asApi, shows, signUp, test } from "./people";

const CSV = `Keyword,Volume,KD,Intent
brake pads,1300,34,commercial
best brake pads,900,40,commercial
change brake pads,700,21,informational
how to change brake pads,600,18,informational
`;

/** Goes on by Tab until `target` has the focus; the steps of a guide in the editor are dozens of controls. */
async function tabTo(page: Page, target: Locator, most = 80): Promise<void> {
  await expect(target).toBeVisible();
  const passed: string[] = [];
  for (let presses = 0; presses <= most; presses += 1) {
    const at = await target.evaluate((element) => {
      const { activeElement: now } = document;
      return (
        element === now || `${now?.tagName} ${(now?.getAttribute("aria-label") ?? now?.textContent ?? "").slice(0, 30)}`
      );
    });
    if (at === true) return;
    passed.push(String(at));
    await page.keyboard.press("Tab");
  }
  throw new Error(`${target} is not reached by Tab:\n${passed.join("\n")}`);
}

async function press(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, target);
  // A person looks before the next press; the same key at once, with none between, is taken for a double press.
  await page.keyboard.press("Shift");
  await page.keyboard.press(key);
}

/** Opens a page, or does something, by the command palette. */
async function command(page: Page, text: string): Promise<void> {
  const search = page.getByRole("searchbox", { name: "Search pages, sites, commands and content" });
  await page.keyboard.press("Control+k");
  await expect(search).toBeFocused();
  await page.keyboard.type(text);
  await expect(page.getByRole("menuitem").first()).toContainText(text);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(search).toHaveCount(0);
}

/** Opens a page of the menu, and waits until it stands in the place of the one before. */
async function open(page: Page, name: string): Promise<void> {
  await command(page, name);
  await shows(page, name);
}

/** The next Tab goes on within the page, not from the top of the window. */
async function keepsFocus(page: Page): Promise<void> {
  await expect(page.getByRole("dialog").or(page.getByRole("alertdialog"))).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
}

/** Agrees to the cost, and waits until the page tells the job's end. */
async function pay(page: Page, ends: RegExp): Promise<void> {
  const start = page.getByRole("alertdialog").getByRole("button", { name: /^(Spend|Start, free)/ });
  // What one came to do has the focus.
  await expect(start).toBeFocused();
  await press(page, start);
  await keepsFocus(page);
  await expect(page.getByLabel("Messages")).toContainText(ends, { timeout: 30_000 });
}

test("from keywords to a public page by the keyboard alone", async ({ page }) => {
  // Half a minute, and hundreds of small steps: each of them waits where a machine is busy.
  test.setTimeout(240_000);
  const email = await signUp(page);
  const api = await asApi(page, email);
  await api.post("/api/auth/sites", { name: "Taller Ana", site_type: "blog", hosting_type: "igny8" });
  await page.goto("/");
  await expect(page.getByRole("main")).toBeVisible();
  const dialog = page.getByRole("dialog");

  await command(page, "Import keywords");
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    press(page, dialog.getByRole("button", { name: /choose/i })),
  ]);
  await chooser.setFiles({ name: "keywords.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) });
  await press(page, dialog.getByRole("button", { name: "Import", exact: true }));
  await press(page, dialog.getByRole("button", { name: "Done" }));
  await keepsFocus(page);
  await press(page, page.getByRole("button", { name: "Cluster all new" }));
  await pay(page, /Cluster keywords: 1 of 1 done/);

  // What is chosen in a table has its actions in the palette.
  await open(page, "Clusters");
  await press(page, page.getByRole("checkbox", { name: /^Choose / }).nth(1), "Space");
  await command(page, "Generate ideas");
  await press(page, dialog.getByRole("button", { name: "Show the cost" }));
  await pay(page, /Generate ideas: \d+ of \d+ done/);

  // The button of an idea goes with it from step to step.
  await open(page, "Ideas");
  const idea = page.getByRole("article").first();
  await press(page, idea.getByRole("button", { name: "Accept" }));
  const next = idea.getByRole("button", { name: "Make a task" });
  await expect(next).toBeFocused();
  await press(page, next);
  await expect(page.getByLabel("Messages")).toContainText("1 task made");

  await open(page, "Tasks");
  const title = (await page.locator("main li").getByRole("button").first().textContent()) ?? "";
  await press(page, page.locator("main").getByRole("button", { name: title, exact: true }));
  await press(page, dialog.getByRole("button", { name: "Write" }));
  await pay(page, /Write articles: 1 of 1 done/);

  await open(page, "Content");
  await press(page, page.getByRole("link", { name: title }));
  await tabTo(page, page.getByLabel("Title", { exact: true }));
  await page.keyboard.press("End");
  await page.keyboard.type(", by hand");
  // Through the body and out of it again.
  await tabTo(page, page.getByRole("textbox", { name: "Body" }));
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("Begin here. ");
  await page.keyboard.press("Control+s");
  await expect(page.getByText("All saved")).toBeVisible();
  await press(page, page.getByRole("button", { name: "Approve" }));
  await expect(page.getByText("Ready to be published.")).toBeVisible();
  await keepsFocus(page);
  await press(page, page.getByRole("button", { name: "Publish", exact: true }));
  await pay(page, /Publish: 1 of 1 done/);
  await expect(page.getByRole("link", { name: /taller-ana.*\.localhost/ }).first()).toBeVisible();
});
