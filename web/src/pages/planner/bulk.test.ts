import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/problem";
import { bulkText, inParts, oneByOne, remaining } from "./bulk";

const ids = Array.from({ length: 450 }, (_, index) => `k${index}`);

describe("doing one thing with many rows", () => {
  it("sends no more than the server takes at once, and keeps what was refused chosen", async () => {
    const send = vi.fn(async (part: string[]) =>
      part.map((id) => (id === "k7" ? { id, ok: false, error: { detail: "It is gone." } } : { id, ok: true })),
    );
    const outcome = await inParts(ids, send);
    expect(send.mock.calls.map(([part]) => part.length)).toEqual([200, 200, 50]);
    expect(outcome.done).toHaveLength(449);
    expect(remaining(outcome)).toEqual(new Set(["k7"]));
    expect(bulkText(outcome, "keyword", "archived")).toBe("449 keywords archived. 1 not: It is gone.");
  });

  it("stops when a part fails as a whole, and says what was not tried", async () => {
    const send = vi
      .fn<(part: string[]) => Promise<{ id: string; ok: boolean }[]>>()
      .mockImplementationOnce(async (part) => part.map((id) => ({ id, ok: true })))
      .mockRejectedValueOnce(ApiError.offline());
    const outcome = await inParts(ids, send);
    expect(send).toHaveBeenCalledTimes(2);
    expect(remaining(outcome).size).toBe(250);
    expect(bulkText(outcome, "keyword", "deleted")).toMatch(/^200 keywords deleted\. 250 not tried: No connection/);
  });

  it("gathers equal reasons", async () => {
    const refused = ["a", "b", "c"].map((id) => ({ id, why: id === "c" ? "It is used." : "It is gone." }));
    expect(bulkText({ done: ["x"], refused, left: [] }, "idea", "deleted")).toBe(
      "1 idea deleted. 3 not: It is gone. (2) It is used.",
    );
  });

  it("answers for each id where there is no request for many", async () => {
    const items = await oneByOne(["a", "b"], async (id) => {
      if (id === "b") throw new ApiError({ status: 409, code: "conflict", detail: "It has keywords." });
    });
    expect(items).toContainEqual({ id: "a", ok: true });
    expect(items).toContainEqual({ id: "b", ok: false, error: { detail: "It has keywords." } });
  });
});
