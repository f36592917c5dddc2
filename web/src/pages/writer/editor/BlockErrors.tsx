/** What the server says of the blocks: in words, with the way to each. */
import { useEffect, useRef } from "react";
import { ApiError } from "@/api/problem";
import type { Body } from "./BodyEditor";
import { kindName } from "./DiffView";
import { FIELDS } from "./useContent";

/** What is wrong with the fields beside the body. */
export function fieldErrors(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.fields : {};
}

/** `blocks[3].items[0].answer` → the block with number 3. */
export function blockErrors(error: unknown): { index: number; message: string }[] {
  return Object.entries(fieldErrors(error)).flatMap(([path, message]) => {
    const index = /^blocks\[(\d+)\]/.exec(path)?.[1];
    return index === undefined ? [] : [{ index: Number(index), message }];
  });
}

export function BlockErrors({ error, body, goTo }: { error: unknown; body: Body; goTo: (index: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const found = blockErrors(error);
  // Who pressed Save may be far below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new error is shown
  useEffect(() => {
    // In braces: newer browsers answer with a promise, which is no clean-up.
    box.current?.scrollIntoView({ block: "center" });
  }, [error]);
  const isField = (path: string) => (FIELDS as readonly string[]).includes(path) || path.startsWith("structure_data.");
  const paths = Object.entries(fieldErrors(error));
  const others = paths.filter(([path]) => !path.startsWith("blocks[") && !isField(path));
  const inFields = paths.some(([path]) => isField(path));
  if (found.length + others.length === 0 && !inFields) return null;
  return (
    <div ref={box} role="alert" className="rounded-lg bg-bad-soft px-4 py-3 text-bad">
      <p className="font-medium">Not saved: please fix this first.</p>
      <ul className="mt-1 list-disc pl-5">
        {inFields && <li>One of the fields says what is wrong with it.</li>}
        {others.map(([path, message]) => (
          <li key={path}>{message}</li>
        ))}
        {found.map(({ index, message }) => (
          <li key={`${index} ${message}`}>
            <button type="button" className="cursor-pointer underline" onClick={() => goTo(body.at[index] ?? index)}>
              {kindName(body.blocks[index]?.type ?? "block")} {index + 1}
            </button>
            : {message}
          </li>
        ))}
      </ul>
    </div>
  );
}
