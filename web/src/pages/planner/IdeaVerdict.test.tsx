import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, test, vi } from "vitest";
import type { Idea } from "@/api/types";
import { VerdictNote, warningOf } from "./IdeaVerdict";
import { wishOf } from "./ideaActions";

const verdict = {
  judgement: "refresh",
  why: "same_need",
  rival: { kind: "page", id: "c1", title: "When to change brake pads" },
  overruled: false,
} as const;
const idea = (part: Partial<Idea>) => ({ status: "new", verdict, ...part }) as Idea;

test("a verdict warns until somebody overrules it or the idea is decided", () => {
  expect(warningOf(idea({}))).toBe(verdict);
  expect(warningOf(idea({ status: "accepted" }))).toBe(verdict);
  expect(warningOf(idea({ status: "queued" }))).toBeUndefined();
  expect(warningOf(idea({ verdict: { ...verdict, overruled: true } }))).toBeUndefined();
  expect(warningOf(idea({ verdict: undefined }))).toBeUndefined();
});

test("the note says why and leads to the rival", () => {
  render(
    <MemoryRouter>
      <VerdictNote idea={idea({})} />
    </MemoryRouter>,
  );
  expect(screen.queryByText(/asks for nearly the same as the page/)).not.toBeNull();
  const link = screen.getByRole("link", { name: "When to change brake pads" });
  expect(link.getAttribute("href")).toBe("/writer/content/c1");
});

test("what can be done about it stands beside it, and what was done can be taken back", async () => {
  const [merge, unmerge] = [vi.fn(), vi.fn()];
  const note = (part: Partial<Idea>) => (
    <MemoryRouter>
      <VerdictNote idea={idea(part)} merge={merge} unmerge={unmerge} />
    </MemoryRouter>
  );
  const { rerender } = render(note({}));
  await userEvent.click(screen.getByRole("button", { name: "Refresh the page instead" }));
  expect(merge).toHaveBeenCalledOnce();
  rerender(note({ verdict: { ...verdict, overruled: true } }));
  expect(screen.queryByRole("button")).toBeNull();
  const rival = { ...verdict.rival, kind: "task" } as const;
  rerender(note({ verdict: { ...verdict, judgement: "merge", rival } }));
  expect(screen.queryByRole("button", { name: "Merge into the task" })).not.toBeNull();
  const gave = { keywords: ["a"], sections: [], points: [] };
  rerender(note({ status: "rejected", merged_into: { rival, was: "new", gave } }));
  expect(screen.queryByText(/merged into the task/)).not.toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Take the merge back" }));
  expect(unmerge).toHaveBeenCalledOnce();
});

test("a page that is written anew is told what the idea would have said, as far as it fits", () => {
  const outline = [
    { heading: "The signs", points: ["Noise", "Dust"] },
    { heading: "What it costs", points: [] },
  ];
  const plan = { title: "Brake pads", target_keywords: ["pads", "worn pads"], outline };
  expect(wishOf(idea(plan))).toBe(
    "Also serve the searches: pads, worn pads. Also cover: The signs (Noise, Dust); What it costs.",
  );
  const long = idea({ ...plan, outline: Array.from({ length: 40 }, (_, n) => ({ heading: `Part ${n}`, points: [] })) });
  expect(wishOf(long).length).toBeLessThanOrEqual(500);
  expect(wishOf(long)).toMatch(/Part \d+\.$/);
});
