import { expect, test } from "vitest";
import type { Content } from "@/api/types";
import { behind, HOSTED } from "./publish";

function content(now: Partial<Content>, place?: object): Content {
  return { revision: 2, destinations: place ? { [HOSTED]: place } : {}, ...now } as Content;
}

test("what is public says when it is not what the content is now", () => {
  expect(behind(content({}))).toBeUndefined();
  expect(behind(content({}, { revision: 1 }))).toContain("newest revision is 2");
  // Public before it was kept what its page shows.
  expect(behind(content({ tags: ["new"] }, { revision: 2 }))).toBeUndefined();
  const shown = { tags: ["brakes"], language: "en", word_count: 5 };
  const same = { tags: ["brakes"], language: "en", word_count: 6 };
  expect(behind(content(same, { revision: 2, shown }))).toBeUndefined();
  const changed = { ...same, category: "Workshop", featured_image_id: "01J" };
  // The first picture stands there by itself.
  expect(behind(content({ ...changed, category: undefined }, { revision: 2, shown }))).toBeUndefined();
  expect(behind(content(changed, { revision: 2, shown: { ...shown, featured_image_id: "01H" } }))).toBe(
    "Publish again to show what has changed: category, picture.",
  );
});
