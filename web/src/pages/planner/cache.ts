/** Changes of rows in the lists on screen, so that an edit shows at once and long lists need not be read again. */
import type { InfiniteData } from "@tanstack/react-query";
import { queryClient } from "@/api/query";

type Pages<Row> = InfiniteData<{ items: Row[]; next_cursor?: string | null; total?: number | null }>;

/** Puts `change` of each row into every list of the resource; `undefined` takes the row out. */
export function changeRows<Row extends { id: string }>(name: string, change: (row: Row) => Row | undefined): void {
  queryClient.setQueriesData<Pages<Row>>({ queryKey: [name, "list"] }, (data) => {
    if (!data) return data;
    let gone = 0;
    const pages = data.pages.map((page) => {
      const items = page.items.flatMap((row) => {
        const next = change(row);
        if (!next) gone += 1;
        return next ? [next] : [];
      });
      return { ...page, items };
    });
    const counted = pages.map((page) => (page.total == null ? page : { ...page, total: page.total - gone }));
    return { ...data, pages: counted };
  });
}

export function replaceRow<Row extends { id: string }>(name: string, row: Row): void {
  changeRows<Row>(name, (one) => (one.id === row.id ? row : one));
}
