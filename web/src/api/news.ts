/** What the live feed tells while an answer of the server is under way is newer than the answer, and is put into it. */
import type { LiveMessage } from "./types";

const underWay = new Set<LiveMessage[]>();

/** To be called with all that is told. */
export function hear(message: LiveMessage): void {
  for (const heard of underWay) heard.push(message);
}

/** Asks; `put` puts what was told meanwhile into the answer, one after the other. */
export async function withNews<T>(ask: () => Promise<T>, put: (answer: T, message: LiveMessage) => T): Promise<T> {
  const heard: LiveMessage[] = [];
  underWay.add(heard);
  try {
    const answer = await ask();
    return heard.reduce(put, answer);
  } finally {
    underWay.delete(heard);
  }
}
