import { useEffect, useState } from "react";
import type { Picture } from "@/api/types";
import { TextField } from "@/ui/Field";
import { failed } from "@/ui/ToastNotifications";
import { change } from "./data";

/** The alt text of a picture, saved when the field is left or by Enter. */
export function AltText({ picture, readOnly }: { picture: Picture; readOnly: boolean }) {
  const [text, setText] = useState(picture.alt);
  const [busy, setBusy] = useState(false);
  useEffect(() => setText(picture.alt), [picture.alt]);
  const missing = text.trim() === "";
  const save = async () => {
    if (busy || readOnly || text.trim() === picture.alt) return;
    setBusy(true);
    try {
      await change(picture, { alt: text });
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <TextField
      label="Alt text"
      rows={2}
      value={text}
      onChange={(value) => setText(value.replace(/\s*\n\s*/g, " "))}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          void save();
        }
      }}
      isReadOnly={readOnly}
      maxLength={250}
      placeholder="What is seen, for those who do not see it"
      error={missing && !readOnly ? "Missing: say what is seen before it can be used." : undefined}
    />
  );
}
