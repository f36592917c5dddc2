/** Other titles and bodies that the AI found: look at them, choose one, delete them. */
import { useQuery } from "@tanstack/react-query";
import { Check, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { queryClient, useList } from "@/api/query";
import type { components } from "@/api/schema";
import type { ContentView } from "@/api/types";
import { ago, count, number } from "@/lib/format";
import { Button, IconButton } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { ErrorState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import style from "./preview.css?url";
import { escapeHtml } from "./rich";
import { keep } from "./useContent";

type Variation = components["schemas"]["Variation"];
type VariationView = components["schemas"]["VariationView"];

export function useVariations(id: string) {
  return useList<Variation>("content", ["variations", id], (cursor) =>
    call(
      api.GET("/api/writer/content/{id}/variations", {
        params: { path: { id }, query: { limit: 20, cursor, count: true } },
      }),
    ),
  );
}

export function Variations({
  content,
  readOnly,
  dirty,
  taken,
}: {
  content: ContentView;
  readOnly: boolean;
  dirty: boolean;
  taken: (content: ContentView) => void;
}) {
  const [open, setOpen] = useState<Variation>();
  const id = content.id;
  const list = useVariations(id);
  // Most pages have none: there is no place for them before it is known.
  if (list.loading || list.total === 0) return null;
  const choose = async (one: Variation) => {
    try {
      const request = api.POST("/api/writer/content/{id}/variations/{n}/choose", {
        params: { path: { id, n: one.number } },
        headers: ifMatch(content.version),
      });
      taken(keep((await call(request)) as ContentView));
      told("Chosen. What was there before is among the revisions.");
      setOpen(undefined);
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (one: Variation) => {
    const sure = await confirm({
      title: "Delete this variation?",
      body: `“${one.title}” is gone then; the page stays as it is.`,
      action: "Delete variation",
      danger: true,
    });
    if (!sure) return;
    try {
      await call(api.DELETE("/api/writer/content/{id}/variations/{n}", { params: { path: { id, n: one.number } } }));
      setOpen(undefined);
    } catch (error) {
      failed(error);
    }
    void queryClient.invalidateQueries({ queryKey: ["content", "list"] });
  };
  return (
    <section aria-labelledby="variations-heading" className="card px-5 py-4">
      <h2 id="variations-heading">
        Variations{list.total !== undefined && <span className="font-normal text-ink-soft"> {number(list.total)}</span>}
      </h2>
      {list.error !== null && list.rows.length === 0 && <ErrorState error={list.error} again={list.again} />}
      <ul className="-mx-2 mt-2 flex flex-col gap-1">
        {list.rows.map((one) => {
          const inUse = one.kind === "titles" && one.title === content.title;
          return (
            <li key={one.number} className="flex items-start justify-between gap-1 rounded-lg px-2 py-1 hover:bg-sunk">
              <div className="min-w-0">
                <p className="break-words">{one.kind === "titles" ? one.title : "Another body"}</p>
                <p className="text-xs text-ink-soft">
                  {inUse
                    ? "In use"
                    : [one.kind === "body" && count(one.word_count, "word"), ago(one.created_at)]
                        .filter(Boolean)
                        .join(" · ")}
                </p>
              </div>
              <div className="flex shrink-0">
                {one.kind === "body" ? (
                  <Button size="sm" look="quiet" onPress={() => setOpen(one)}>
                    View
                  </Button>
                ) : (
                  !readOnly && (
                    <IconButton
                      label={`Use “${one.title}”`}
                      icon={Check}
                      isDisabled={dirty || inUse}
                      onPress={() => void choose(one)}
                    />
                  )
                )}
                {!readOnly && (
                  <IconButton label={`Delete variation ${one.number}`} icon={Trash2} onPress={() => void remove(one)} />
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {list.hasMore && (
        <Button size="sm" look="quiet" onPress={list.more}>
          Older variations
        </Button>
      )}
      {open && (
        <BodyDialog
          content={content}
          variation={open}
          close={() => setOpen(undefined)}
          choose={readOnly || dirty ? undefined : () => choose(open)}
        />
      )}
    </section>
  );
}

function BodyDialog({
  content,
  variation,
  close,
  choose,
}: {
  content: ContentView;
  variation: Variation;
  close: () => void;
  choose?: () => Promise<void>;
}) {
  const [busy, setBusy] = useState(false);
  const view = useQuery({
    queryKey: ["content", "variation", content.id, variation.number],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      call(
        api.GET("/api/writer/content/{id}/variations/{n}", {
          params: { path: { id: content.id, n: variation.number } },
        }),
      ) as Promise<VariationView>,
  });
  return (
    <Dialog
      title="Another body"
      isOpen
      width="full"
      onClose={close}
      footer={
        <>
          <Button onPress={close}>Close</Button>
          {choose && (
            <Button
              look="primary"
              icon={Check}
              busy={busy}
              onPress={() => {
                setBusy(true);
                void choose().finally(() => setBusy(false));
              }}
            >
              Use this body
            </Button>
          )}
        </>
      }
    >
      {view.error ? (
        <ErrorState error={view.error} again={() => void view.refetch()} />
      ) : view.data ? (
        <iframe
          title="Another body"
          // Same origin without scripts: only so may it load our style.
          sandbox="allow-same-origin"
          srcDoc={pageOf(content, view.data)}
          className="h-[65dvh] w-full rounded-lg border border-line bg-white"
        />
      ) : (
        <Skeleton className="h-96 w-full" />
      )}
    </Dialog>
  );
}

function pageOf(content: ContentView, { html }: VariationView): string {
  const language = escapeHtml(content.language).replaceAll('"', "");
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${style}">`;
  const body = `<article><h1>${escapeHtml(content.title)}</h1>${html}</article>`;
  return `<!doctype html><html lang="${language}"><head>${head}</head><body>${body}</body></html>`;
}
