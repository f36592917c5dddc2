/**
 * The table of a list from the server: rows are loaded as one scrolls and only those in sight are in the page, so that
 * ten thousand scroll like ten. Sorting and filtering are the server's; the order of what is loaded is never changed here.
 */
import { type ColumnDef, FlexRender, type Row as TableRow, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Check } from "lucide-react";
import { memo, useCallback, useEffect, useMemo, useRef } from "react";
import { sentence } from "@/api/problem";
import type { List } from "@/api/query";
import { cx } from "@/lib/cx";
import { number } from "@/lib/format";
import { Button } from "./Button";
import { Checkbox } from "./Field";
import { ErrorState, places, Skeleton } from "./states";

const features = tableFeatures({});
type Features = typeof features;

export type Column<Row> = {
  /** Names the column; the server's sort field where `sort` is true. */
  id: string;
  header: string;
  cell: (row: Row) => React.ReactNode;
  /** The server can sort by it. */
  sort?: boolean;
  /** Numbers stand at the right. */
  right?: boolean;
  /** A class of the cells, as a width or `max-md:hidden`. */
  className?: string;
};

export type Selection = { ids: ReadonlySet<string>; set: (ids: ReadonlySet<string>) => void };

const ROW = 44;
/** Rows before the end of what is loaded at which more is asked for. */
const AHEAD = 20;

export function DataTable<Row extends { id: string }>({
  label,
  list,
  columns,
  sort,
  onSort,
  selection,
  empty,
  onOpen,
  rowLabel,
  height = "calc(100dvh - 20rem)",
}: {
  label: string;
  list: List<Row>;
  columns: Column<Row>[];
  /** `volume` or `-volume`. */
  sort?: string;
  onSort?: (sort: string) => void;
  selection?: Selection;
  /** Shown in place of the rows when there are none. */
  empty: React.ReactNode;
  /** A press on a row, or Enter. */
  onOpen?: (row: Row) => void;
  /** What a row is called when it is chosen or opened. */
  rowLabel: (row: Row) => string;
  height?: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  // Scrolling renders this component often: what depends on all rows is made anew only when they change.
  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<Features, Row> => ({
          id: column.id,
          header: column.header,
          cell: ({ row }) => column.cell(row.original),
        }),
      ),
    [columns],
  );
  const count = list.rows.length;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    // Where nothing is laid out (tests), some rows are shown all the same.
    initialRect: { width: 1000, height: 600 },
  });
  const seen = virtual.getVirtualItems();
  const first = seen[0]?.index ?? 0;
  const last = seen.at(-1)?.index ?? 0;
  // The table knows the rows in sight alone: to make a row of each that is loaded takes longer with every page.
  const inSight = useMemo(() => list.rows.slice(first, last + 1), [list.rows, first, last]);
  const table = useTable({ features, columns: defs, data: inSight, getRowId: (row: Row) => row.id });
  const rows = table.getRowModel().rows;
  const { more, hasMore, sees } = list;
  useEffect(() => {
    sees?.(last);
    return () => sees?.(undefined);
  }, [last, sees]);
  // What could not be read is not asked for again and again by itself.
  const isBroken = Boolean(list.error);
  useEffect(() => {
    if (hasMore && !isBroken && last >= count - AHEAD) more();
  }, [last, count, hasMore, isBroken, more]);

  // These stay the same while one scrolls, so that lines in sight are not drawn again; they look up what holds now.
  const now = useRef({ selection, onOpen, rowLabel });
  useEffect(() => {
    now.current = { selection, onOpen, rowLabel };
  });
  const toggle = useCallback((id: string) => {
    const { selection } = now.current;
    const next = new Set(selection?.ids);
    if (!next.delete(id)) next.add(id);
    selection?.set(next);
  }, []);
  const open = useCallback((row: Row) => now.current.onOpen?.(row), []);
  const name = useCallback((row: Row) => now.current.rowLabel(row), []);

  if (list.error && count === 0) return <ErrorState error={list.error} again={list.again} />;
  if (!list.loading && count === 0) return <div className="card">{empty}</div>;

  const ids = selection?.ids ?? new Set<string>();
  const chosen = ids.size === 0 ? 0 : list.rows.filter((row) => ids.has(row.id)).length;
  const before = seen[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (seen.at(-1)?.end ?? 0);
  const width = columns.length + (selection ? 1 : 0);
  const spacer = (pixels: number) =>
    pixels > 0 && (
      <tr aria-hidden style={{ height: pixels }}>
        <td colSpan={width} />
      </tr>
    );

  return (
    <div className="card overflow-hidden">
      <section
        ref={scroller}
        aria-label={label}
        aria-busy={list.loading || list.changing}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        className={cx("relative overflow-auto", list.loading && "min-h-64", list.changing && "opacity-60")}
        style={{ maxHeight: height }}
      >
        <table className="w-full border-separate border-spacing-0" aria-rowcount={list.total ?? -1}>
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr>
              {selection && (
                <th className="sticky top-0 z-10 w-10 border-b border-line bg-card pl-4 text-left align-middle *:align-middle">
                  <Checkbox
                    aria-label="Choose all loaded rows"
                    isSelected={count > 0 && chosen === count}
                    isIndeterminate={chosen > 0 && chosen < count}
                    onChange={(on) => selection.set(new Set(on ? list.rows.map((row) => row.id) : []))}
                  />
                </th>
              )}
              {columns.map((column) => (
                <Head key={column.id} column={column} sort={sort} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {list.loading &&
              places(8).map((place) => (
                <tr key={place} style={{ height: ROW }}>
                  <td colSpan={width} className="px-4">
                    <Skeleton className="h-4 w-full" />
                  </td>
                </tr>
              ))}
            {spacer(before)}
            {seen.map((item) => {
              const row = rows[item.index - first];
              if (!row) return null;
              return (
                <Line
                  key={row.id}
                  row={row}
                  index={item.index}
                  columns={columns}
                  isChosen={ids.has(row.id)}
                  toggle={selection && toggle}
                  open={onOpen && open}
                  name={name}
                />
              );
            })}
            {spacer(after)}
          </tbody>
        </table>
      </section>
      {/* It comes with the rows: before, it would move when they come. */}
      {!list.loading && (
        <footer className="flex items-center justify-between gap-4 border-t border-line px-4 py-2 text-xs text-ink-soft">
          <span aria-live="polite">
            {list.total === undefined
              ? `${number(count)} loaded${hasMore ? ", more as you scroll" : ""}`
              : `${number(count)} of ${number(list.total)}`}
          </span>
          {isBroken && (
            <span role="alert" className="flex min-w-0 items-center gap-2 text-bad">
              <span className="truncate">{sentence(list.error)}</span>
              <Button size="sm" look="quiet" onPress={list.again}>
                Try again
              </Button>
            </span>
          )}
          {ids.size > 0 && <span>{number(ids.size)} chosen</span>}
        </footer>
      )}
    </div>
  );
}

type LineProps<Row extends { id: string }> = {
  row: TableRow<Features, Row>;
  index: number;
  columns: Column<Row>[];
  isChosen: boolean;
  toggle?: (id: string) => void;
  open?: (row: Row) => void;
  name: (row: Row) => string;
};

function LineOfRow<Row extends { id: string }>({ row, index, columns, isChosen, toggle, open, name }: LineProps<Row>) {
  return (
    <tr
      aria-rowindex={index + 1}
      aria-selected={toggle ? isChosen : undefined}
      style={{ height: ROW }}
      className={cx("group", isChosen ? "bg-brand-soft" : "hover:bg-sunk/60", open && "cursor-pointer")}
      onClick={(event) => {
        // What can be pressed by itself keeps its press.
        if (open && !(event.target as Element).closest("a,button,input,label,[role]:not(tr,td)")) open(row.original);
      }}
    >
      {toggle && (
        <td className="border-b border-line pl-4">
          <Tick label={`Choose ${name(row.original)}`} isOn={isChosen} onChange={() => toggle(row.id)} />
        </td>
      )}
      {row.getAllCells().map((cell, at) => (
        <td
          key={cell.id}
          className={cx(
            "border-b border-line px-3 py-1 first:pl-4 last:pr-4",
            columns[at]?.right && "text-right tabular-nums",
            columns[at]?.className,
          )}
        >
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  );
}

/** A checkbox of plain HTML that looks like the others: a table makes many of them while it scrolls. */
function Tick({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: () => void }) {
  return (
    <label className="relative block size-[18px] cursor-pointer before:absolute before:-inset-2.5">
      <input
        type="checkbox"
        aria-label={label}
        checked={isOn}
        onChange={onChange}
        className="size-[18px] cursor-pointer appearance-none rounded border border-line-strong bg-card checked:border-brand checked:bg-brand"
      />
      {isOn && <Check className="pointer-events-none absolute top-0.5 left-0.5 size-3.5 text-on-brand" aria-hidden />}
    </label>
  );
}

/** A row; drawn again only when it changes itself. What the table makes of it is new whenever others come into sight. */
const Line = memo(
  LineOfRow,
  ({ row: before, ...last }, { row, ...next }) =>
    before.original === row.original &&
    (Object.keys(next) as (keyof typeof next)[]).every((name) => last[name] === next[name]),
) as typeof LineOfRow;

function Head<Row>({ column, sort, onSort }: { column: Column<Row>; sort?: string; onSort?: (sort: string) => void }) {
  const down = sort === `-${column.id}`;
  const up = sort === column.id;
  const Icon = up ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={up ? "ascending" : down ? "descending" : undefined}
      className={cx(
        "sticky top-0 z-10 h-10 border-b border-line bg-card px-3 text-xs font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4",
        column.right ? "text-right" : "text-left",
        column.className,
      )}
    >
      {column.sort && onSort ? (
        <button
          type="button"
          className={cx(
            "inline-flex cursor-pointer items-center gap-1 hover:text-ink",
            // The arrow stands before a head at the right, so that the head stays above its figures.
            column.right && "flex-row-reverse",
          )}
          onClick={() => onSort(down ? column.id : `-${column.id}`)}
        >
          {column.header}
          <Icon className={cx("size-3.5", !up && !down && "opacity-0")} aria-hidden />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}
