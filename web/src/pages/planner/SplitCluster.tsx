import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Cluster, Keyword } from "@/api/types";
import { count, number } from "@/lib/format";
import { Checkbox, SearchField, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { ErrorState, Skeleton } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { PAGE } from "./data";
import { folded } from "./importColumns";

/** The most keywords that go at once; the server takes no more. */
const MOST = 90;

/** Some keywords of a cluster become a cluster of their own. */
export function SplitCluster({
  cluster,
  onClose,
  then,
}: {
  cluster: Cluster;
  onClose: () => void;
  then: (made: Cluster) => void;
}) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const query = useQuery({
    queryKey: ["keywords", "of", cluster.id],
    queryFn: async () => {
      const of = { site_id: cluster.site_id, cluster_id: cluster.id, limit: PAGE };
      const page = await call(api.GET("/api/planner/keywords", { params: { query: of } }));
      return page.items as Keyword[];
    },
  });
  const rows = [...(query.data ?? [])].sort((a, b) => (b.volume ?? 0) - (a.volume ?? 0));
  const shown = rows.filter((row) => folded(row.keyword).includes(folded(text)));
  const choose = (id: string) => {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setIds(next);
  };
  const submit = async () => {
    const body = { name, keyword_ids: [...ids] };
    const path = { id: cluster.id };
    const made = (await call(api.POST("/api/planner/clusters/{id}/split", { params: { path }, body }))) as Cluster;
    invalidate("clusters", "keywords");
    told(`“${made.name}” made of ${count(ids.size, "keyword")}.`);
    then(made);
  };
  return (
    <FormModal
      title={`Split “${cluster.name}”`}
      action="Split"
      width="lg"
      isOpen
      onClose={onClose}
      values={[name, [...ids]]}
      submit={submit}
    >
      {(errors) => (
        <>
          <TextField
            label="Name of the new cluster"
            isRequired
            autoFocus
            maxLength={120}
            value={name}
            onChange={setName}
            error={errors.name}
          />
          <fieldset className="flex min-w-0 flex-col gap-2">
            <legend className="mb-1 text-[13px] font-medium">Keywords that go into it</legend>
            {query.error ? (
              <ErrorState error={query.error} again={() => void query.refetch()} />
            ) : query.isPending ? (
              <Skeleton className="h-40" />
            ) : (
              <>
                <SearchField label="Find keywords" value={text} onChange={setText} />
                <ul className="max-h-72 divide-y divide-line overflow-y-auto rounded-lg border border-line">
                  {shown.map((row) => (
                    <li key={row.id} className="flex items-center gap-3 px-3 py-2">
                      <Checkbox
                        className="min-w-0 flex-1"
                        isSelected={ids.has(row.id)}
                        isDisabled={!ids.has(row.id) && ids.size >= MOST}
                        onChange={() => choose(row.id)}
                      >
                        <span className="min-w-0 break-words">{row.keyword}</span>
                      </Checkbox>
                      {row.volume != null && <span className="tabular-nums text-ink-soft">{number(row.volume)}</span>}
                    </li>
                  ))}
                  {shown.length === 0 && <li className="px-3 py-2 text-ink-soft">Nothing found</li>}
                </ul>
              </>
            )}
            {errors.keyword_ids && (
              <p role="alert" className="text-xs text-bad">
                {errors.keyword_ids}
              </p>
            )}
            <p aria-live="polite" className="text-xs text-ink-soft">
              {count(ids.size, "keyword")} chosen, {MOST} at most.{" "}
              {cluster.keyword_count > rows.length && query.data
                ? `The newest ${number(rows.length)} of ${number(cluster.keyword_count)} are listed; move others from the page of keywords.`
                : "Ideas and articles stay where they are."}
            </p>
          </fieldset>
        </>
      )}
    </FormModal>
  );
}
