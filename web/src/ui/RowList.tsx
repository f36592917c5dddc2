/**
 * A short list as rows of a card: a name, what else is to be known, and the actions. For lists of some dozens; a list
 * that can be long is a DataTable.
 */
import { Link } from "react-router";
import { cx } from "@/lib/cx";
import { Button } from "./Button";
import { ErrorState, places as names, Skeleton } from "./states";

export type RowListState = {
  loading: boolean;
  error: unknown;
  hasMore?: boolean;
  more?: () => void;
  again: () => void;
};

export function RowList<Item>({
  label,
  items,
  state,
  row,
  empty,
  places = 3,
}: {
  label: string;
  items: Item[];
  state: RowListState;
  row: (item: Item) => React.ReactNode;
  empty: React.ReactNode;
  /** How many rows are held free while it is loading. */
  places?: number;
}) {
  if (state.error && items.length === 0) return <ErrorState error={state.error} again={state.again} />;
  if (state.loading) {
    return (
      <div aria-busy className="flex flex-col gap-3 px-5 pb-5">
        {names(places).map((place) => (
          <Skeleton key={place} className="h-10" />
        ))}
      </div>
    );
  }
  if (items.length === 0) return empty;
  return (
    <>
      <ul aria-label={label} className="divide-y divide-line border-t border-line">
        {items.map(row)}
      </ul>
      {state.hasMore && (
        <p className="border-t border-line p-3 text-center">
          <Button size="sm" look="quiet" onPress={state.more}>
            Show more
          </Button>
        </p>
      )}
    </>
  );
}

export function Row({
  title,
  to,
  note,
  badges,
  actions,
}: {
  title: React.ReactNode;
  /** Where the title leads. */
  to?: string;
  note?: React.ReactNode;
  badges?: React.ReactNode;
  actions?: React.ReactNode;
}) {
  return (
    <li className={cx("flex min-h-14 items-center gap-3 py-2 pl-5", actions ? "pr-2" : "pr-5")}>
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="min-w-0 max-w-full">
          {to ? (
            <Link to={to} className="block truncate font-medium hover:text-brand hover:underline">
              {title}
            </Link>
          ) : (
            <span className="block truncate font-medium">{title}</span>
          )}
          {note && <span className="block text-[13px] break-words text-ink-soft">{note}</span>}
        </div>
        {badges && <span className="flex flex-wrap items-center gap-1.5">{badges}</span>}
      </div>
      {actions}
    </li>
  );
}
