import { expect } from "@playwright/test";
import { accessible, fits, PASSWORD, shows, signUp, test } from "./people";

test("the pages of who is not signed in", async ({ page }) => {
  for (const path of ["/sign-in", "/sign-up", "/forgotten-password", "/reset-password", "/accept-invitation"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await accessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await fits(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test("a wrong password says so, and the page that was wanted opens after the right one", async ({ page }) => {
  const email = await signUp(page);
  await page.evaluate(() => localStorage.clear());
  await page.goto("/jobs");
  await expect(page).toHaveURL(/\/sign-in\?to=%2Fjobs/);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText(/password/i);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/jobs$/);
});

test("a refresh whose answer is lost on its way does not sign out", async ({ page }) => {
  await signUp(page);
  const lost = new Promise<void>((done) =>
    page.route("**/api/auth/refresh", async (route) => {
      await route.fetch();
      await route.abort();
      done();
    }),
  );
  // The tab has no access token any more: it must refresh.
  await page.evaluate(() => sessionStorage.clear());
  await page.goto("/jobs");
  await lost;
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await shows(page, "Jobs");
});

test("a password is forgotten, and chosen anew by the link of the mail", async ({ page }) => {
  const email = await signUp(page);
  await page.evaluate(() => localStorage.clear());
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("status").filter({ hasText: email })).toBeVisible();
  // Mail goes by the stream and the bus; the outbox shows it.
  const mail = page.locator("article", { hasText: email }).getByRole("link", { name: /reset-password/ });
  await expect(async () => {
    await page.goto("/local/outbox");
    await expect(mail).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.goto((await mail.getAttribute("href")) ?? "");
  await page.getByLabel("New password").fill("another horse battery");
  await page.getByRole("button", { name: "Save the password" }).click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("another horse battery");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
});
