import { expect, test } from "vitest";
import type { Picture } from "@/api/types";
import { fileFor, isMakeable, isUsable, refusal, stateOf } from "./data";

const file = (width: number) => ({ url: `/${width}`, media_type: "image/webp", width, height: width });
const picture = (over: Partial<Picture>) =>
  ({ source: "generated", status: "prompted", alt: "", addresses: [], ...over }) as Picture;

test("the smallest file that is sharp is taken", () => {
  const three = picture({ addresses: [file(480), file(768), file(1200)] });
  expect([100, 480, 500, 2000].map((width) => fileFor(three, width)?.width)).toEqual([480, 480, 768, 1200]);
  expect(fileFor(picture({}), 100)).toBeUndefined();
});

test("what is at work or was uploaded is not made, and nothing is shown without alt text", () => {
  const open = new Set(["j1"]);
  expect(isMakeable(picture({}), open)).toBe(true);
  expect(isMakeable(picture({ status: "generating", job_id: "j1" }), open)).toBe(false);
  expect(isMakeable(picture({ source: "uploaded", status: "ready" }), open)).toBe(false);
  // Its job was cancelled: nobody makes it any more.
  expect(isMakeable(picture({ status: "queued", job_id: "j0" }), open)).toBe(true);
  expect(stateOf(picture({ status: "queued", job_id: "j0" }), open)).toBe("prompted");
  const files = { hash: "a", width: 1, height: 1, variants: [] };
  expect(isUsable(picture({ files, alt: "A disc" }))).toBe(true);
  expect(isUsable(picture({ files, alt: "  " }))).toBe(false);
  expect(isUsable(picture({ alt: "A disc" }))).toBe(false);
});

test("a file is refused in words before it is sent", () => {
  expect(refusal({ name: "a.jpg", type: "image/jpeg", size: 1000 })).toBeUndefined();
  expect(refusal({ name: "a.svg", type: "image/svg+xml", size: 1000 })).toMatch(/a\.svg.*no PNG/);
  expect(refusal({ name: "a.png", type: "image/png", size: 16 << 20 })).toMatch(/15 MB/);
});
