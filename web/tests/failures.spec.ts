import { expect } from "@playwright/test";
import { PASSWORD, signUp, test } from "./people";

const JOBS = /\/api\/system\/jobs\?/;
const problem = (status: number, code: string, detail: string) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: code, status, detail, code, request_id: "r-1" }),
});

test("a server error leaves a way on", async ({ page }) => {
  await signUp(page);
  let broken = true;
  let asked = 0;
  await page.route(JOBS, (route) => {
    asked += 1;
    const refusal = problem(500, "internal", "Something went wrong on our side.");
    return broken ? route.fulfill(refusal) : route.continue();
  });
  await page.goto("/jobs");
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText("Something went wrong on our side.");
  await expect(alert).toContainText("r-1");
  const before = asked;
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => asked).toBeGreaterThan(before);
  broken = false;
  // The page also looks again by itself, and may have been faster.
  await alert
    .getByRole("button", { name: "Try again" })
    .click({ timeout: 5000 })
    .catch(() => undefined);
  await expect(page.getByText("No jobs yet")).toBeVisible();
});

test("a limit is waited for, and the page comes by itself", async ({ page }) => {
  await signUp(page);
  let refused = 0;
  await page.route(JOBS, (route) => {
    refused += 1;
    if (refused > 2) return route.continue();
    return route.fulfill({ ...problem(429, "rate_limited", "Too many requests."), headers: { "retry-after": "1" } });
  });
  await page.goto("/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
  expect(refused).toBeGreaterThan(2);
});

test("without a network the page says so and goes on when it is back", async ({ page, context }) => {
  await signUp(page);
  await page.goto("/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("You are offline.", { exact: false }).first()).toBeVisible();
  await page.getByRole("link", { name: "Credits", exact: true }).click();
  await context.setOffline(false);
  await expect(page.getByText("You are offline.", { exact: false })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Transactions" })).toBeVisible();
});

test("a session that ends at a form is renewed over it, and the form is sent", async ({ page }) => {
  await signUp(page);
  await page.goto("/settings/sites?new=1");
  const form = page.getByRole("dialog");
  await form.getByLabel("Name", { exact: true }).fill("Taller Ana");
  // The server forgets the session: the access token is refused and cannot be renewed.
  const ended = problem(401, "unauthenticated", "The session has ended. Sign in again.");
  let forgotten = true;
  await page.route(/\/api\/auth\/(refresh|sites|me)/, (route) => (forgotten ? route.fulfill(ended) : route.continue()));
  await form.getByRole("button", { name: /^(Add|Create|Save)/ }).click();
  const again = page.getByRole("dialog", { name: "Please sign in again" });
  await expect(again).toBeVisible();
  forgotten = false;
  await again.getByLabel("Password").fill(PASSWORD);
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again).toHaveCount(0);
  await expect(page.getByRole("main").getByText("Taller Ana").first()).toBeVisible();
});
