/** Every page of the SPA, as routes.tsx has them: what goes through all pages goes through a new one from its first day. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Data } from "./people";

export type Spot = {
  /** The route, as `/jobs/:id`. */
  route: string;
  /** Short, also for the name of a picture. */
  name: string;
  /** The address, where one needs no data. */
  path?: string;
  /** The address, with the ids of data. */
  at: (data: Data) => string;
  /** Whether it stands in the shell: all but the pages of who is not signed in, and onboarding. */
  inShell: boolean;
  /** Whether it asks the server for more than who one is, which every page waits for. */
  asks: boolean;
};

/** Addresses of the routes that name an object. A new one must be told here what its object is. */
const OF_DATA: Record<string, { name: string; at: (data: Data) => string }> = {
  "/writer/content/:id": { name: "editor", at: (data) => `/writer/content/${data.content}` },
  "/jobs/:id": { name: "job", at: (data) => `/jobs/${data.job}` },
  "/thinker/prompts/:name": { name: "prompt", at: () => "/thinker/prompts/generate_content-post" },
  "/settings/sites/:id": { name: "site", at: (data) => `/settings/sites/${data.site}` },
};

const NAMES: Record<string, string> = { "/": "dashboard", "*": "not-found", "/settings": "profile" };

/** The text is read, as the module itself needs a browser. */
const SOURCE = readFileSync(join(import.meta.dirname, "../src/routes.tsx"), "utf8");

function spot(route: string, open: boolean): Spot {
  const known = OF_DATA[route];
  if (route.includes(":") && !known) throw new Error(`tests/pages.ts does not know what the object of ${route} is`);
  const path = route === "*" ? "/nowhere" : route;
  return {
    route,
    name: known?.name ?? NAMES[route] ?? route.slice(1).replaceAll("/", "-"),
    path: known ? undefined : path,
    at: known?.at ?? (() => path),
    inShell: !open && route !== "/welcome",
    asks: route !== "*" && route !== "/settings",
  };
}

const routes = [...SOURCE.matchAll(/\bpath: "([^"]+)",\s*(?:lazy: (open|page)\(|element)/g)].map(([, path, kind]) => ({
  route: path ?? "",
  open: kind === "open",
}));
const named = SOURCE.match(/\bpath:/g)?.length ?? 0;
if (routes.length !== named) throw new Error(`routes.tsx has ${named} paths, but only ${routes.length} can be read`);

/** The pages of who is not signed in. */
export const OPEN = routes.filter((one) => one.open).map((one) => spot(one.route, true));
/** The pages of who is signed in. */
export const PAGES = routes.filter((one) => !one.open).map((one) => spot(one.route, false));
