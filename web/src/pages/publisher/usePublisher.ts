/** What the publisher's page reads, and what it does. */
import { api, call } from "@/api/client";
import { invalidate, type List, useList } from "@/api/query";
import type { Deployment, PublishingRecord, Site } from "@/api/types";
import { moment } from "@/lib/format";
import { confirm } from "@/ui/ConfirmDialog";
import { sayStarted } from "@/ui/jobActions";
import { failed, told } from "@/ui/ToastNotifications";

export function useRecords(site: string): List<PublishingRecord> {
  const query = { site_id: site, count: true };
  return useList<PublishingRecord>(
    "records",
    query,
    async (cursor) =>
      (await call(api.GET("/api/publish/records", { params: { query: { ...query, cursor } } }))) as never,
  );
}

export function useDeployments(site: string): List<Deployment> {
  const query = { site_id: site, count: true, limit: 20 };
  return useList<Deployment>(
    "deployments",
    query,
    async (cursor) =>
      (await call(api.GET("/api/publish/deployments", { params: { query: { ...query, cursor } } }))) as never,
  );
}

const UNITS = ["bytes", "KB", "MB", "GB"];

/** `67.5 KB` */
export function bytes(amount: number): string {
  let value = amount;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Asks, and shows visitors another version. */
export async function rollBack(deployment: Deployment): Promise<void> {
  const of = moment(deployment.created_at);
  const sure = await confirm({
    title: `Make the version of ${of} live?`,
    body: "Visitors see it at once in place of the live one. No version is lost, so you can come back the same way.",
    action: "Make it live",
  });
  if (!sure) return;
  try {
    await call(api.POST("/api/publish/deployments/{id}/rollback", { params: { path: { id: deployment.id } } }));
    invalidate("deployments", "records", "content");
    told(`Visitors see the version of ${of}.`);
  } catch (error) {
    failed(error);
  }
}

/** Asks, and renders the site anew. */
export async function redeploy(site: Site): Promise<boolean> {
  const sure = await confirm({
    title: `Deploy ${site.name} again?`,
    body: "All published pages are rendered again and the result becomes a new live version. It is free; you can roll back.",
    action: "Deploy",
  });
  if (!sure) return false;
  try {
    const { job } = await call(api.POST("/api/publish/sites/{id}/deploy", { params: { path: { id: site.id } } }));
    invalidate("jobs", "deployments");
    sayStarted(job.id, "The site is being deployed.");
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}
