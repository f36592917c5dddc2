// Where things are. This runs as build/lib/paths.js, two folders below infra-cdk/.

import { join } from "node:path";

export const project = join(import.meta.dirname, "../..");
export const repository = join(project, "..");
/** The built SPA. */
export const builtPages = join(repository, "web/dist");
