import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// jsdom lays nothing out: there, every window is as narrow as can be.
window.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });
// react-aria asks for it when a window opens, and jsdom has none. Ids of ours need no escape.
Object.assign(globalThis, { CSS: { escape: (id: string) => id } });

afterEach(cleanup);
