import { useSyncExternalStore } from "react";
import { elapsed } from "@/lib/format";

function subscribe(tick: () => void): () => void {
  const timer = setInterval(tick, 1000);
  return () => clearInterval(timer);
}

/** The time since then, second by second; not to be read out, as it would never end. */
export function Elapsed({ since }: { since: string }) {
  const now = useSyncExternalStore(subscribe, () => Math.floor(Date.now() / 1000));
  return elapsed(now - Math.floor(new Date(since).getTime() / 1000));
}
