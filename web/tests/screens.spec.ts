/** Every page in light and dark, on a desktop and on a phone: what axe finds, whether it fits, and a picture to look at. */
import { expect } from "@playwright/test";
import { PAGES } from "./pages";
import { asPerson, barriers, fits, register, signIn, test, workedOn } from "./people";

test("every page", async ({ page, request }) => {
  test.setTimeout(600_000);
  const email = await register(request);
  const api = await asPerson(request, email);
  const data = await workedOn(api);
  await signIn(page, email);
  const faults = new Set<string>();
  for (const { name, at } of PAGES) {
    await page.goto(at(data));
    await expect(page.getByRole("main")).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await page.waitForLoadState("networkidle");
    for (const [device, width, height] of [
      ["desktop", 1280, 800],
      ["phone", 360, 740],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        // Half a second for what follows the size of the window and the colours.
        await page.evaluate(() => new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn), 500)));
        await fits(page);
        for (const fault of await barriers(page)) faults.add(`${name} ${device} ${scheme}: ${fault}`);
        await page.screenshot({ path: `../target/screens/${name}-${device}-${scheme}.png` });
      }
    }
  }
  expect([...faults]).toEqual([]);
});
