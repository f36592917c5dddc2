import { act, renderHook, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/api/problem";
import type { ContentView } from "@/api/types";
import { blocksOf, documentOf } from "./document";
import * as wire from "./useContent";
import { useDraft } from "./useDraft";

vi.mock("./useContent", async (original) => ({
  ...(await original<typeof wire>()),
  change: vi.fn(),
  readContent: vi.fn(),
}));
const change = vi.mocked(wire.change);
const readContent = vi.mocked(wire.readContent);
beforeEach(() => vi.resetAllMocks());

const view = (part: Partial<ContentView>): ContentView =>
  ({
    id: "c",
    title: "T",
    slug: "t",
    excerpt: "",
    meta_title: "",
    meta_description: "",
    blocks: [{ type: "paragraph", text: "a" }],
    revision: 1,
    version: 1,
    ...part,
  }) as ContentView;

const mismatch = new ApiError({ status: 409, code: "version_mismatch", detail: "newer" });
const body = (text: string) => blocksOf(documentOf([{ type: "paragraph", text }]));

test("saves what changed, with the version that it is of", async () => {
  const { result } = renderHook(() => useDraft(view({})));
  expect(result.current.dirty).toBe(false);
  act(() => result.current.set("title", "New"));
  expect(result.current.dirty).toBe(true);
  change.mockResolvedValueOnce(view({ title: "New", version: 2, revision: 2 }));
  await act(async () => void (await result.current.save()));
  expect(change).toHaveBeenCalledWith("c", { title: "New" }, 1);
  act(() => result.current.setBody(body("b")));
  // The server tidies; what was sent counts as saved all the same.
  change.mockResolvedValueOnce(view({ title: "New", blocks: [], version: 3, revision: 3 }));
  await act(async () => void (await result.current.save("approved")));
  expect(change).toHaveBeenLastCalledWith("c", { blocks: body("b").blocks, status: "approved" }, 2);
  expect(result.current.dirty).toBe(false);
});

test("what its kind has beside the body is saved with it, as the server tidied it", async () => {
  const product = (sku: string) => ({ kind: "product", schema_version: 1, sku }) as ContentView["structure_data"];
  const { result } = renderHook(() => useDraft(view({ structure_data: product("A") })));
  act(() => result.current.setData(product("B ")));
  expect(result.current.dirty).toBe(true);
  change.mockResolvedValueOnce(view({ structure_data: product("B"), version: 2, revision: 2 }));
  await act(async () => void (await result.current.save()));
  expect(change).toHaveBeenCalledWith("c", { structure_data: product("B ") }, 1);
  expect(result.current.data).toEqual(product("B"));
  expect(result.current.dirty).toBe(false);
});

test("a newer version of the same text is no conflict", async () => {
  const { result } = renderHook(() => useDraft(view({})));
  act(() => result.current.set("excerpt", "E"));
  change.mockRejectedValueOnce(mismatch).mockResolvedValueOnce(view({ excerpt: "E", version: 6, revision: 2 }));
  readContent.mockResolvedValueOnce(view({ version: 5 }));
  await act(async () => void (await result.current.save()));
  expect(change).toHaveBeenLastCalledWith("c", { excerpt: "E" }, 5);
  expect(result.current.theirs).toBeUndefined();
});

test("another text is looked at first, then all of ours is saved over it", async () => {
  const { result } = renderHook(() => useDraft(view({})));
  act(() => result.current.set("excerpt", "mine"));
  const theirs = view({ title: "Theirs", version: 2, revision: 2 });
  change.mockRejectedValueOnce(mismatch);
  readContent.mockResolvedValueOnce(theirs);
  await act(async () => void (await result.current.save()));
  expect(result.current.theirs).toEqual(theirs);
  expect(result.current.dirty).toBe(true);
  change.mockResolvedValueOnce(view({ excerpt: "mine", version: 3, revision: 3 }));
  await act(async () => result.current.overwrite(theirs));
  expect(change.mock.lastCall?.[1]).toMatchObject({ title: "T", excerpt: "mine", blocks: body("a").blocks });
  expect(change.mock.lastCall?.[2]).toBe(2);
  expect(result.current.theirs).toBeUndefined();
});

test("what others saved is taken over, but never over what is being edited", async () => {
  const { result, rerender } = renderHook(({ loaded }) => useDraft(loaded), { initialProps: { loaded: view({}) } });
  rerender({ loaded: view({ title: "Other", version: 2, revision: 2 }) });
  await waitFor(() => expect(result.current.fields.title).toBe("Other"));
  act(() => result.current.set("title", "Mine"));
  rerender({ loaded: view({ title: "Third", version: 3, revision: 3 }) });
  expect(result.current.newer).toBe(true);
  expect(result.current.fields.title).toBe("Mine");
});
