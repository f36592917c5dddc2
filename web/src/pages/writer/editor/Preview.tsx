/**
 * The saved body as a page: the server's sanitised HTML in a frame of its own. The frame may run nothing; its style is a
 * file of ours, for the content security policy (`default-src 'self'`), which the frame inherits, allows no inline one.
 */
import { useState } from "react";
import type { ContentView } from "@/api/types";
import { cx } from "@/lib/cx";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import style from "./preview.css?url";
import { escapeHtml } from "./rich";
import { ASSETS } from "./schema";

/** Our own pictures with the addresses at which they can be looked at; one without is left out, as on the public page. */
function withPictures(html: string): string {
  return html.replace(/<img src="(asset:[\w.-]+)"([^>]*)>/g, (_, asset: string, rest: string) => {
    const address = ASSETS.get(asset);
    return address ? `<img src="${escapeHtml(address).replaceAll('"', "%22")}"${rest}>` : "";
  });
}

function pageOf(content: ContentView): string {
  const language = escapeHtml(content.language).replaceAll('"', "");
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${style}">`;
  const excerpt = content.excerpt ? `<p class="excerpt">${escapeHtml(content.excerpt)}</p>` : "";
  const body = `<article><h1>${escapeHtml(content.title)}</h1>${excerpt}${withPictures(content.html)}</article>`;
  return `<!doctype html><html lang="${language}"><head>${head}</head><body>${body}</body></html>`;
}

export function Preview({ content, unsaved, close }: { content: ContentView; unsaved: boolean; close: () => void }) {
  const [narrow, setNarrow] = useState(false);
  return (
    <Dialog
      title="Preview"
      isOpen
      width="full"
      onClose={close}
      footer={
        <>
          <Button onPress={() => setNarrow(!narrow)} className="max-sm:hidden">
            {narrow ? "Desktop width" : "Phone width"}
          </Button>
          <Button onPress={close}>Close</Button>
        </>
      }
    >
      {unsaved && (
        <p className="mb-3 rounded-lg bg-warn-soft px-3 py-2 text-warn">
          This is the saved version. Save first to see your latest changes.
        </p>
      )}
      <iframe
        title={`Preview of ${content.title}`}
        // Same origin without scripts: only so may it load our style.
        sandbox="allow-same-origin"
        srcDoc={pageOf(content)}
        className={cx("mx-auto h-[65dvh] w-full rounded-lg border border-line bg-white", narrow && "max-w-[375px]")}
      />
    </Dialog>
  );
}
