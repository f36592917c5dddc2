import { render } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ApiError } from "@/api/problem";
import { BlockErrors } from "./BlockErrors";

test("what was wrong goes away when it is mended, also where scrolling answers with a promise", () => {
  const scroll = vi.fn(() => Promise.resolve());
  Element.prototype.scrollIntoView = scroll as unknown as typeof Element.prototype.scrollIntoView;
  const errors = [{ field: "blocks[0].text", message: "This is empty." }];
  const error = new ApiError({ status: 422, code: "invalid", detail: "", errors });
  const body = { blocks: [{ type: "paragraph" as const, text: "" }], at: [0] };
  const { container, rerender } = render(<BlockErrors error={error} body={body} goTo={() => undefined} />);
  expect(scroll).toHaveBeenCalledOnce();
  expect(container.textContent).toContain("This is empty.");
  rerender(<BlockErrors error={undefined} body={body} goTo={() => undefined} />);
  expect(container.textContent).toBe("");
});
