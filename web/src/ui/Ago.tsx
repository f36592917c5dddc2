import { useSyncExternalStore } from "react";
import { ago, moment } from "@/lib/format";

const EVERY = 20_000;

function subscribe(tick: () => void): () => void {
  const timer = setInterval(tick, EVERY);
  return () => clearInterval(timer);
}

/** How long ago that was; keeps up with the time by itself, as nothing else may be drawn anew for long. */
export function Ago({ at }: { at: string }) {
  useSyncExternalStore(subscribe, () => Math.floor(Date.now() / EVERY));
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at)}
    </time>
  );
}
