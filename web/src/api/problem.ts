/** What went wrong with a request, in one shape: the server's problem+json, or no answer at all. */
import type { Problem } from "./types";

export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The server's code, or `offline`. */
  readonly code: Problem["code"] | "offline";
  /** What is wrong with which field. */
  readonly fields: Record<string, string>;
  /** Seconds to wait before the next try. */
  readonly retryAfter?: number;
  /** To be named when asking for help. */
  readonly requestId?: string;
  /** For 402: credits that it takes, and those that are there. */
  readonly credits?: { required: number; available: number };

  constructor(
    problem: Partial<Omit<Problem, "code">> & { status: number; code: ApiError["code"] },
    retryAfter?: number,
  ) {
    super(problem.detail || problem.title || "Something went wrong.");
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.fields = Object.fromEntries((problem.errors ?? []).map((error) => [error.field, error.message]));
    this.retryAfter = retryAfter;
    this.requestId = problem.request_id;
    if (problem.required != null && problem.available != null) {
      this.credits = { required: problem.required, available: problem.available };
    }
  }

  static offline(): ApiError {
    const detail = "No connection to IGNY8. Check your network; what you entered is kept.";
    return new ApiError({ status: 0, code: "offline", detail });
  }

  /** Reads an answer that is no success. */
  static async of(response: Response): Promise<ApiError> {
    const after = Number(response.headers.get("retry-after"));
    const retryAfter = Number.isFinite(after) && after > 0 ? after : undefined;
    const problem: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    if (problem && typeof problem === "object" && "code" in problem) {
      return new ApiError({ ...(problem as Problem), status: response.status }, retryAfter);
    }
    const unavailable = response.status >= 500;
    const detail = unavailable
      ? "IGNY8 cannot answer at the moment. Please try again shortly."
      : `The server refused the request (${response.status}).`;
    return new ApiError({ status: response.status, code: unavailable ? "unavailable" : "invalid", detail }, retryAfter);
  }
}

/** A sentence for whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.code === "rate_limited" && error.retryAfter)
      return `${error.message} Try again in ${error.retryAfter} s.`;
    return error.message;
  }
  return "Something went wrong in this page. Load it again; if it stays, tell us what you did.";
}
