/** What the public page will tell search engines, as the server would write it now. */
import { useQuery } from "@tanstack/react-query";
import { Braces } from "lucide-react";
import { useId, useState } from "react";
import { api, call } from "@/api/client";
import type { ContentView } from "@/api/types";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { ErrorState, Skeleton } from "@/ui/states";

export function JsonLd({ content, dirty }: { content: ContentView; dirty: boolean }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <section aria-labelledby={id} className="card flex flex-col items-start gap-3 px-5 py-4">
      <h2 id={id}>Structured data</h2>
      <p className="text-ink-soft">What the page tells search engines about itself, made from what is written here.</p>
      <Button icon={Braces} onPress={() => setOpen(true)}>
        View JSON-LD
      </Button>
      {open && <JsonLdDialog content={content} dirty={dirty} close={() => setOpen(false)} />}
    </section>
  );
}

function JsonLdDialog({ content, dirty, close }: { content: ContentView; dirty: boolean; close: () => void }) {
  const preview = useQuery({
    queryKey: ["content", "json-ld", content.id, content.version],
    queryFn: () => call(api.GET("/api/publish/preview/{id}", { params: { path: { id: content.id } } })),
    staleTime: 0,
  });
  const things = (preview.data?.json_ld ?? []) as Record<string, unknown>[];
  const text = JSON.stringify(things, null, 2);
  return (
    <Dialog
      title="Structured data"
      isOpen
      width="lg"
      onClose={close}
      footer={
        <>
          {preview.data && <CopyButton text={text}>Copy</CopyButton>}
          <Button look="primary" onPress={close}>
            Close
          </Button>
        </>
      }
    >
      {dirty && (
        <p className="mb-3 rounded-lg bg-warn-soft px-3 py-2 text-warn">
          This is the saved version. Save first to see your latest changes.
        </p>
      )}
      {preview.error ? (
        <ErrorState error={preview.error} again={() => void preview.refetch()} />
      ) : preview.data ? (
        <div className="flex flex-col gap-3">
          <p className="flex flex-wrap items-center gap-2">
            {things.map((thing, at) => (
              <Badge key={at} tone="brand">
                {String(thing["@type"])}
              </Badge>
            ))}
            <span className="break-all text-ink-soft">at {preview.data.url}</span>
          </p>
          <section
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
            tabIndex={0}
            aria-label="JSON-LD"
            className="max-h-[60dvh] overflow-auto rounded-lg bg-sunk p-3"
          >
            <pre className="font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">{text}</pre>
          </section>
          <p className="text-[13px] text-ink-soft">
            The way through the site (breadcrumbs) is added when the page is published.
          </p>
        </div>
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Dialog>
  );
}
