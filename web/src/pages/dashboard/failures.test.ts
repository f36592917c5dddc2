import { expect, test } from "vitest";
import type { Job, Task } from "@/api/types";
import { failures } from "./Attention";

const job = (id: string, site: string | null, failed: number, status: Job["status"] = "partial") =>
  ({
    id,
    site_id: site,
    function: "generate_content",
    status,
    progress: { total: 5, done: 5 - failed, failed, cancelled: 0, phase: "done" },
    created_at: new Date().toISOString(),
  }) as unknown as Job;

const task = (id: string, job_id: string | null) => ({ id, title: id, job_id, status: "failed" }) as unknown as Task;

test("jobs of this site with failed items, then the failed tasks that no such job stands for", () => {
  const jobs = [job("j1", "s1", 2), job("j2", "s2", 1), job("j3", "s1", 0), job("j4", null, 0, "failed")];
  const found = failures("s1", jobs, [task("t1", "j1"), task("t2", "old"), task("t3", null)]);
  expect(found.map((one) => [one.id, one.to])).toEqual([
    ["j1", "/jobs/j1"],
    ["j4", "/jobs/j4"],
    ["t2", "/jobs/old"],
    ["t3", "/writer/tasks?status=failed"],
  ]);
});
