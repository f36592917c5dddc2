/** A source by hand, or changed: what it is called, where it can be read, and its text. */
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { SourceView } from "@/api/types";
import { number } from "@/lib/format";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";

const LONGEST = 100_000;

export function SourceDialog({ site, source, close }: { site: string; source?: SourceView; close: () => void }) {
  const [title, setTitle] = useState(source?.title ?? "");
  const [url, setUrl] = useState(source?.url ?? "");
  const [text, setText] = useState(source?.text ?? "");
  const submit = async () => {
    const body = { title: title.trim(), url: url.trim(), text };
    if (source) {
      const params = { path: { id: source.id } };
      await call(api.PATCH("/api/writer/sources/{id}", { params, body, headers: ifMatch(source.version) }));
    } else {
      await call(api.POST("/api/writer/sources", { body: { ...body, site_id: site, url: body.url || null } }));
    }
    invalidate("sources", "content");
    told(source ? "The source is saved." : "The source is added.");
  };
  return (
    <FormModal
      title={source ? "Edit source" : "Add source"}
      action={source ? "Save" : "Add source"}
      isOpen
      width="lg"
      onClose={close}
      submit={submit}
      values={{ title, url, text }}
    >
      {(errors) => (
        <>
          <TextField
            label="Title"
            value={title}
            onChange={setTitle}
            isRequired
            maxLength={200}
            autoFocus
            error={errors.title}
          />
          <TextField
            label="Address"
            value={url}
            onChange={setUrl}
            placeholder="https://…"
            error={errors.url}
            hint="Where readers find it: links to this source lead there. May be empty."
          />
          <TextField
            label="Text"
            rows={10}
            value={text}
            onChange={setText}
            isRequired
            error={errors.text}
            hint={`Plain text, pasted; ${number(text.length)} of ${number(LONGEST)} characters. The writer reads the first 6,000.`}
          />
        </>
      )}
    </FormModal>
  );
}
