/** Every page in light and dark, on a desktop and on a phone: what axe finds, whether it fits, and a picture to look at. */
import { expect } from "@playwright/test";
import { asApi, barriers, fits, signUp, test } from "./people";

const PAGES: Record<string, string> = {
  dashboard: "/",
  keywords: "/planner/keywords",
  clusters: "/planner/clusters",
  ideas: "/planner/ideas",
  tasks: "/writer/tasks",
  content: "/writer/content",
  publisher: "/publisher",
  jobs: "/jobs",
  credits: "/billing",
  usage: "/billing/usage",
  profile: "/settings",
  sites: "/settings/sites",
  team: "/settings/team",
  "api-keys": "/settings/api-keys",
  notices: "/notices",
  "not-found": "/nowhere",
};

test("every page", async ({ page }) => {
  test.setTimeout(600_000);
  const email = await signUp(page);
  const api = await asApi(page, email);
  const site = await api.post("/api/auth/sites", { name: "Taller Ana", site_type: "blog", hosting_type: "igny8" });
  const keywords = [
    "brake pads",
    "best brake pads",
    "change brake pads",
    "oil change",
    "oil change cost",
    "wheel alignment",
  ];
  await api.post("/api/planner/keywords", {
    site_id: site.id,
    keywords: keywords.map((keyword, n) => ({ keyword, volume: 100 * (n + 1), difficulty: 10 * n })),
  });
  const done = async (path: string, body: unknown) => {
    const { job } = await api.post(path, body);
    await expect(async () => {
      const seen = await api.get(`/api/system/jobs/${job.id}`);
      expect(["succeeded", "partial"]).toContain(seen.status);
    }).toPass();
    return job.id as string;
  };
  const ids = async (path: string) => (await api.get(path)).items.map((item: { id: string }) => item.id) as string[];
  await done("/api/planner/cluster", { site_id: site.id, all_new: true });
  const clusters = await ids(`/api/planner/clusters?site_id=${site.id}`);
  await done("/api/planner/ideas/generate", { cluster_ids: clusters.slice(0, 2), per_cluster: 2 });
  const ideas = await ids(`/api/planner/ideas?site_id=${site.id}`);
  const { task_ids } = await api.post("/api/planner/ideas/queue", { idea_ids: ideas.slice(0, 2) });
  const writing = await done("/api/writer/generate", { task_ids: task_ids.slice(0, 1) });
  const [content] = await ids(`/api/writer/content?site_id=${site.id}`);
  await done("/api/publish", { content_ids: [content], destinations: ["igny8"] });
  const pages = {
    ...PAGES,
    editor: `/writer/content/${content}`,
    job: `/jobs/${writing}`,
    site: `/settings/sites/${site.id}`,
    onboarding: "/welcome",
  };
  const faults = new Set<string>();
  for (const scheme of ["light", "dark"] as const) {
    for (const [device, width, height] of [
      ["desktop", 1280, 800],
      ["phone", 360, 740],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(path);
        await expect(page.getByRole("main")).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await page.waitForLoadState("networkidle");
        await fits(page);
        for (const fault of await barriers(page)) faults.add(`${name}: ${fault}`);
        await page.screenshot({ path: `../target/screens/${name}-${device}-${scheme}.png` });
      }
    }
  }
  expect([...faults]).toEqual([]);
});
