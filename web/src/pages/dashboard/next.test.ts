import { expect, test } from "vitest";
import type { Counts } from "./counts";
import { nextStep } from "./next";

const none: Counts = {
  keywords: { new: 0, clustered: 0, mapped: 0 },
  clusters: 0,
  ideas: { new: 0, accepted: 0, queued: 0, written: 0 },
  tasks: { all: 0, queued: 0, in_progress: 0, failed: 0 },
  content: { draft: 0, review: 0, approved: 0, published: 0 },
};

test("what is nearest to being published goes first", () => {
  const all: Counts = {
    ...none,
    keywords: { new: 9, clustered: 9, mapped: 9 },
    ideas: { new: 2, accepted: 1, queued: 0, written: 0 },
    tasks: { all: 1, queued: 1, in_progress: 0, failed: 0 },
    content: { draft: 1, review: 1, approved: 1, published: 1 },
  };
  const titles: string[] = [];
  let left = all;
  const steps: (() => Counts)[] = [
    () => ({ ...left, content: { ...left.content, approved: 0 } }),
    () => ({ ...left, content: { ...left.content, draft: 0, review: 0 } }),
    () => ({ ...left, tasks: { ...left.tasks, queued: 0 } }),
    () => ({ ...left, ideas: { ...left.ideas, accepted: 0 } }),
    () => ({ ...left, ideas: { ...left.ideas, new: 0 } }),
    () => ({ ...left, keywords: { ...left.keywords, clustered: 0 } }),
    () => ({ ...left, keywords: { ...left.keywords, new: 0 } }),
  ];
  for (const step of steps) {
    titles.push(nextStep(left).title);
    left = step();
  }
  titles.push(nextStep(left).title);
  expect(titles).toEqual([
    "Publish 1 approved article",
    "Review 2 drafts",
    "Write 1 article",
    "Queue 1 accepted idea",
    "Decide on 2 new ideas",
    "Get ideas from your clusters",
    "Cluster 9 new keywords",
    "All done. Add more keywords",
  ]);
});

test("an empty site begins with keywords, and clustering is started on the spot", () => {
  expect(nextStep(none).to).toBe("/planner/keywords?import=1");
  const cluster = nextStep({ ...none, keywords: { new: 3, clustered: 0, mapped: 0 } });
  expect([cluster.to, cluster.costs]).toEqual([undefined, true]);
});

test("what a job has in hand is not offered again", () => {
  const counts: Counts = { ...none, keywords: { new: 3, clustered: 0, mapped: 0 } };
  const step = nextStep(counts, new Set(["auto_cluster"]));
  expect([step.title, step.to]).toEqual(["Your keywords are being clustered", "/jobs"]);
});
