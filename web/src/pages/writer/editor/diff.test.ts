import { expect, test } from "vitest";
import type { Block } from "@/api/types";
import { diffBlocks, diffText, steps } from "./diff";

const paragraph = (text: string): Block => ({ type: "paragraph", text });

test("words that went and words that came", () => {
  expect(diffText("Change the oil every year.", "Change the filter every year, too.")).toEqual([
    { kind: "same", text: "Change the " },
    { kind: "removed", text: "oil " },
    { kind: "added", text: "filter " },
    { kind: "same", text: "every " },
    { kind: "removed", text: "year." },
    { kind: "added", text: "year, too." },
  ]);
});

test("what is the same or removed gives the old, what is the same or added the new", () => {
  const samples = ["", "a", "a b c d", "b c a d d", "x y z", "a  b\nc", "油 油 a", "c d a b c"];
  for (const before of samples) {
    for (const after of samples) {
      const found = steps(before.split(" "), after.split(" "), (word) => word);
      const side = (kind: string) => found.filter((step) => step.kind !== kind).map((step) => step.value);
      expect(side("added").join(" ")).toBe(before);
      expect(side("removed").join(" ")).toBe(after);
    }
  }
});

test("a changed block is found between blocks that moved in and out", () => {
  const before = [
    paragraph("First."),
    paragraph("The engine must be warm before you drain it."),
    paragraph("Gone now."),
  ];
  const after = [
    paragraph("First."),
    { type: "heading", level: 2, text: "Drain" } as Block,
    paragraph("The engine must be <strong>hot</strong> before you drain it."),
  ];
  const kinds = diffBlocks(before, after).map((change) => change.kind);
  expect(kinds).toEqual(["same", "added", "changed", "removed"]);
  const bold = diffBlocks([paragraph("same words")], [paragraph("<em>same</em> words")]);
  expect(bold).toMatchObject([{ kind: "changed", pieces: [{ kind: "same", text: "same words" }] }]);
});
