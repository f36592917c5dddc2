/** Which keywords of the site stand in other sites of the account too. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "@/api/client";
import { useSites } from "@/api/resources";
import type { Duplicates as Found, Site } from "@/api/types";
import { count, number } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { ErrorState, Skeleton } from "@/ui/states";

/** How many keywords are compared at a time. */
const AT_ONCE = 200;

export function Duplicates({ site, onClose }: { site: Site; onClose: () => void }) {
  const sites = useSites().data?.filter((one) => one.id !== site.id) ?? [];
  const [other, setOther] = useState("");
  const query = useInfiniteQuery({
    queryKey: ["keywords", "duplicates", site.id, other],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const params = {
        query: { site_id: site.id, limit: AT_ONCE, cursor: pageParam, other_site_id: other || undefined },
      };
      return call(api.GET("/api/planner/keywords/duplicates", { params })) as Promise<Found>;
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.items);
  const compared = pages.reduce((sum, page) => sum + page.compared, 0);
  const [first] = pages;
  const where = other
    ? (sites.find((one) => one.id === other)?.name ?? "that site")
    : count(first?.sites ?? 0, "other site");
  return (
    <Dialog
      title={`Keywords of ${site.name} in other sites`}
      isOpen
      onClose={onClose}
      width="lg"
      footer={
        <>
          {query.hasNextPage && (
            <Button busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
              Compare the next {AT_ONCE}
            </Button>
          )}
          <Button look="primary" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-ink-soft">
          Two of your sites that aim at the same keyword compete with each other. Only keywords that are the same word
          for word are listed, by name.
        </p>
        <Select
          label="Compare with"
          none="All other sites (20 at most)"
          options={sites.map(({ id, name }) => ({ id, name }))}
          value={other}
          onChange={setOther}
        />
        {query.error ? (
          <ErrorState error={query.error} again={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton className="h-40" />
        ) : (
          <>
            <p aria-live="polite" className="font-medium">
              {compared === 0
                ? "This site has no keywords yet."
                : `${number(rows.length)} of ${count(compared, "compared keyword")} ${rows.length === 1 ? "stands" : "stand"} in ${where} too.`}
              {query.hasNextPage && " Not all keywords are compared yet."}
              {first &&
                first.sites_left_out > 0 &&
                ` ${count(first.sites_left_out, "more site")} left out: choose one above to compare with it.`}
            </p>
            {rows.length > 0 && (
              <ul className="divide-y divide-line rounded-lg border border-line">
                {rows.map((row) => (
                  <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                    <span className="min-w-0 flex-1 basis-40 break-words font-medium">{row.keyword}</span>
                    {row.volume != null && <span className="tabular-nums text-ink-soft">{number(row.volume)}</span>}
                    <span className="w-24 shrink-0">
                      <StatusBadge status={row.status} />
                    </span>
                    <span className="basis-full text-ink-soft sm:basis-60">
                      {row.also_in.map((one) => one.site_name).join(", ")}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
