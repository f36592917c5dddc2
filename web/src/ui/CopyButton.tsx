import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./Button";
import { failed } from "./ToastNotifications";

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, children = "Copy" }: { text: string; children?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      failed("The browser did not allow copying. Select the text and copy it by hand.");
    }
  };
  return (
    <Button icon={copied ? Check : Copy} onPress={() => void copy()}>
      {copied ? "Copied" : children}
    </Button>
  );
}
