/** The typed client: paths, parameters and answers come from openapi.json. */
import createClient from "openapi-fetch";
import { ApiError } from "./problem";
import type { paths } from "./schema";
import { bearer } from "./session";

/** How often a request that got no usable answer is sent again; POST too, as its Idempotency-Key makes that safe. */
const TRIES = 3;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function mayRepeat(request: Request): boolean {
  return request.method === "GET" || request.headers.has("idempotency-key");
}

async function send(request: Request): Promise<Response> {
  const needsToken = !PUBLIC.has(new URL(request.url).pathname) && !request.headers.has("authorization");
  let spent: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const token = needsToken ? await bearer(spent) : undefined;
      const one = request.clone();
      if (token) one.headers.set("authorization", `Bearer ${token}`);
      const answer = await fetch(one);
      if (answer.status === 401 && token && token !== spent) {
        spent = token;
        continue;
      }
      const transient = answer.status === 502 || answer.status === 503 || answer.status === 504;
      if (!transient || attempt >= TRIES || !mayRepeat(request)) return answer;
    } catch (error) {
      if (request.signal.aborted || error instanceof ApiError) throw error;
      // Without a network there is nothing to wait for: the page says so now, and reads again when it is back.
      if (attempt >= TRIES || !mayRepeat(request) || !navigator.onLine) throw ApiError.offline();
    }
    await pause(300 * 2 ** attempt);
  }
}

/** Paths that are asked without a token. */
const PUBLIC = new Set([
  "/api/auth/login",
  "/api/auth/register",
  "/api/auth/password-reset",
  "/api/auth/password-reset/confirm",
  "/api/auth/invitations/accept",
  "/api/billing/plans",
]);

export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

api.use({
  onRequest({ request }) {
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", crypto.randomUUID());
    }
    return request;
  },
});

/** A change builds on the version that was on screen; another's change in between is not overwritten. */
export function ifMatch(version: number): { "if-match": string } {
  return { "if-match": `"${version}"` };
}

/** The data of an answer; throws an ApiError for anything else. */
export async function call<T>(pending: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await pending;
  if (!response.ok || error !== undefined) throw await ApiError.of(rebuilt(response, error));
  return data as T;
}

/** The body of a failed answer is read already. */
function rebuilt(response: Response, error: unknown): Response {
  const headers = new Headers(response.headers);
  return new Response(typeof error === "string" ? error : JSON.stringify(error ?? null), {
    status: response.status,
    headers,
  });
}

/** Sends a file as it is. Returns the answer as JSON. */
export async function upload<T>(path: string, file: Blob, type: string): Promise<T> {
  const headers = { "content-type": type, "idempotency-key": crypto.randomUUID() };
  const answer = await send(new Request(new URL(path, location.origin), { method: "POST", headers, body: file }));
  if (!answer.ok) throw await ApiError.of(answer);
  return (await answer.json()) as T;
}

/** Fetches a file, for the browser to save. */
export async function download(path: string, name: string): Promise<void> {
  const answer = await send(new Request(new URL(path, location.origin)));
  if (!answer.ok) throw await ApiError.of(answer);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
