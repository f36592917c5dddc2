import { expect, test } from "vitest";
import type { Job, Phase } from "@/api/types";
import { doing, mostSpent, outcome, reasons } from "./jobs";

function job(change: Partial<Job> = {}): Job {
  return {
    id: "1",
    function: "generate_content",
    status: "running",
    total: 4,
    progress: { total: 4, done: 1, failed: 3, cancelled: 0, phase: "prep" },
    credits: { reserved: 0, charged: 3, refunded: 9 },
    created_at: "2026-11-22T10:00:00.000Z",
    updated_at: "2026-11-22T10:00:00.000Z",
    ...change,
  };
}

test("every phase is told in words, and no model where none is asked", () => {
  const phases: Phase[] = ["init", "prep", "ai_call", "parse", "save", "done"];
  const said = (name: string) =>
    phases.map((phase) => doing(job({ function: name, progress: { ...job().progress, phase } })));
  expect(said("auto_cluster")).toEqual([
    "Waiting its turn",
    "At work",
    "The model is at work",
    "Reading the answer",
    "Saving",
    "Done",
  ]);
  expect(said("publish").slice(1, 5)).toEqual([
    "Building the pages",
    "At work",
    "Reading the answer",
    "Putting the pages online",
  ]);
  expect(said("import_keywords")[1]).toBe("Reading the file and adding keywords");
  expect(doing(job({ status: "preparing" }))).toBe("Preparing the items");
});

test("why items failed is told once each, the commonest first", () => {
  const item = (index: number, state: "failed" | "succeeded", message: string) => ({
    index,
    state,
    title: "",
    attempts: 1,
    charged: 0,
    phase: "done" as const,
    error: { message, will_retry: false, at: "2026-11-22T10:00:00.000Z" },
  });
  const items = [
    item(0, "failed", "Too slow."),
    item(1, "failed", "Stopped."),
    item(2, "succeeded", "Was slow once."),
    item(3, "failed", "Stopped."),
  ];
  expect(reasons(job({ items }))).toEqual([
    { message: "Stopped.", items: 2 },
    { message: "Too slow.", items: 1 },
  ]);
  expect(outcome(job())).toBe("1 of 4 done, 3 failed. 3 credits spent.");
  expect(outcome(job({ function: "import_keywords" }))).toBe("1 of 4 parts done, 3 failed. 3 credits spent.");
});

test("what was given back does not count to what a job may still cost", () => {
  const retried = job({ credits: { reserved: 6, charged: 3, refunded: 9 } });
  expect(mostSpent(retried)).toBe(9);
});
