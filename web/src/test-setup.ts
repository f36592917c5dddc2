import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// react-aria asks for it when a window opens, and jsdom has none.
vi.stubGlobal("CSS", { escape: (text: string) => text });

afterEach(cleanup);
