/** The rule for a new password, told before the server has to. */
import { ApiError } from "@/api/problem";
import { count } from "@/lib/format";

/** As openapi.json has it. */
export const SHORTEST_PASSWORD = 10;

/** How many characters a password still needs; counted as the server does, by code points. */
const missingIn = (password: string) => Math.max(0, SHORTEST_PASSWORD - [...password].length);

export function passwordHint(password: string): string {
  const missing = missingIn(password);
  const rule = `At least ${SHORTEST_PASSWORD} characters`;
  if (password && missing > 0) return `${rule}: ${missing} more.`;
  return `${rule}; a few words are good.`;
}

/** What is missing; nothing once it is long enough. */
export function lengthError(password: string): string | undefined {
  const missing = missingIn(password);
  if (missing === 0) return undefined;
  return `${count(missing, "more character", "more characters")} needed: a password has at least ${SHORTEST_PASSWORD}.`;
}

/** What is wrong with the field; said by `lengthError`, which follows what is typed. */
export const TOO_SHORT = "is too short";

/** A password that is not sent. */
export class ShortPassword extends ApiError {
  constructor(password: string) {
    const detail = `The password is too short: ${lengthError(password)}`;
    super({ status: 422, code: "invalid", detail, errors: [{ field: "password", message: TOO_SHORT }] });
  }
}

export function checkLength(password: string): void {
  if (missingIn(password) > 0) throw new ShortPassword(password);
}
