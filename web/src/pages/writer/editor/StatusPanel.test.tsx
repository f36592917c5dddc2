import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ContentStatus, ContentView } from "@/api/types";
import { StatusPanel } from "./StatusPanel";

function buttons(status: ContentStatus, wantsReview: boolean): string[] {
  const content = { status, destinations: {}, revision: 1 } as ContentView;
  const nothing = () => undefined;
  const { unmount } = render(
    <StatusPanel
      content={content}
      site={undefined}
      wantsReview={wantsReview}
      words={900}
      readOnly={false}
      busy={false}
      publishing={false}
      dirty={false}
      move={nothing}
      publish={nothing}
    />,
  );
  const found = screen.getAllByRole<HTMLButtonElement>("button");
  const names = found.map((button) => `${button.textContent}${button.disabled ? " (off)" : ""}`);
  unmount();
  return names;
}

test("the first button is the next step that the site asks for", () => {
  expect(buttons("draft", true)).toEqual(["Send to review", "Put away", "Publish (off)"]);
  expect(buttons("review", true)).toEqual(["Approve", "Back to draft", "Put away", "Publish (off)"]);
  expect(buttons("approved", true)).toEqual(["Publish", "Back to draft", "Put away"]);
  expect(buttons("draft", false)).toEqual(["Publish", "Send to review", "Approve", "Put away"]);
  // Someone asked for a review where the site does not: that comes first, and publishing stays possible.
  expect(buttons("review", false)).toEqual(["Approve", "Back to draft", "Put away", "Publish"]);
  expect(buttons("published", true)).toEqual(["Publish"]);
  expect(buttons("archived", false)).toEqual(["Back to draft", "Publish (off)"]);
});
