import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, test, vi } from "vitest";
import * as client from "@/api/client";
import { ApiError } from "@/api/problem";
import { invalidate, queryClient } from "@/api/query";
import type { Idea } from "@/api/types";
import { IdeaDialog } from "./IdeaDialog";

vi.mock("@/api/client", async (original) => ({ ...(await original<typeof client>()), call: vi.fn() }));
const call = vi.mocked(client.call);
const patch = vi.spyOn(client.api, "PATCH").mockReturnValue(new Promise(() => undefined));

const idea = (part: Partial<Idea>) =>
  ({
    id: "i",
    title: "Brakes",
    angle: "By hand",
    audience: "",
    status: "new",
    target_keywords: [],
    outline: [],
    estimated_words: 1030,
    entity_type: "post",
    structure: "article",
    version: 3,
    ...part,
  }) as Idea;

test("what is being written stays when the idea is read again, and is saved over the version that was seen", async () => {
  const user = userEvent.setup();
  call.mockResolvedValueOnce(idea({}));
  render(
    <QueryClientProvider client={queryClient}>
      <MemoryRouter>
        <IdeaDialog id="i" clusters={[]} mayEdit merge={vi.fn()} unmerge={vi.fn()} onClose={() => undefined} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  await user.type(await screen.findByLabelText("Angle"), ", alone");

  // Another one makes a task of it; then the network goes.
  call.mockResolvedValueOnce(idea({ status: "queued", version: 4 }));
  invalidate("ideas");
  await waitFor(() => expect(call).toHaveBeenCalledTimes(2));
  call.mockRejectedValueOnce(ApiError.offline());
  invalidate("ideas");
  await waitFor(() => expect(call).toHaveBeenCalledTimes(3));

  expect(screen.getByLabelText<HTMLTextAreaElement>("Angle").value).toBe("By hand, alone");
  call.mockResolvedValue(idea({}));
  await user.click(screen.getByRole("button", { name: "Save" }));
  const [, options] = patch.mock.calls[0] ?? [];
  expect(options).toMatchObject({
    headers: { "if-match": '"3"' },
    body: { angle: "By hand, alone", estimated_words: 1030 },
  });
});
