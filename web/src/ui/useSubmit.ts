import { useRef, useState } from "react";
import { ApiError } from "@/api/problem";

/**
 * The sending of a form: `send` runs the work once at a time. What it throws is kept as `error`, and what the server
 * said of single fields as `errors`. `send` answers whether it went well.
 */
export function useSubmit(submit: () => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  // Not by the state: a second press may come before it is drawn.
  const sending = useRef(false);
  const send = async (): Promise<boolean> => {
    if (sending.current) return false;
    sending.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await submit();
      return true;
    } catch (thrown) {
      setError(thrown);
      return false;
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  const errors: Record<string, string> = error instanceof ApiError ? error.fields : {};
  return { busy, error, errors, send };
}
