/**
 * The table of a list from the server: rows are loaded as one scrolls and only those in sight are in the page, so that
 * ten thousand scroll like ten. Sorting and filtering are the server's; the order of what is loaded is never changed here.
 *
 * TanStack Table knows the columns: which of them have room, and how wide they are. It makes no models of rows, as one
 * would be made and thrown away with each step of a scroll: a row is drawn from its columns as it is. What a row is made of
 * counts, as a fast scroll makes hundreds of them a second: cells are plain HTML that turns into more when it is pressed,
 * and widths are told by the columns, so that the browser need not measure what is in them.
 */
import {
  type ColumnDef,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { memo, useEffect, useMemo, useRef } from "react";
import { sentence } from "@/api/problem";
import type { List } from "@/api/query";
import { cx } from "@/lib/cx";
import { number } from "@/lib/format";
import { useStable } from "@/lib/useStable";
import { at, type ByWidth, useWidth } from "@/lib/width";
import { Button } from "./Button";
import { Checkbox } from "./Field";
import { ErrorState, places, Skeleton } from "./states";

const features = tableFeatures({ columnSizingFeature, columnVisibilityFeature });
type Features = typeof features;

export type Column<Row> = {
  /** Names the column; the server's sort field where `sort` is true. */
  id: string;
  header: string;
  cell: (row: Row) => React.ReactNode;
  /** In rem, by the window's width; where none is told, the column is not there. */
  width: ByWidth<number>;
  /** Takes the room that is left, and has its width at least. */
  grows?: boolean;
  /** The server can sort by it. */
  sort?: boolean;
  /** Numbers stand at the right. */
  right?: boolean;
  /** May have more than one line; others are cut where they end. */
  wraps?: boolean;
  /** A class of the cells. */
  className?: string;
};

export type Selection = { ids: ReadonlySet<string>; set: (ids: ReadonlySet<string>) => void };

const ROW = 44;
/** Rows before and after those in sight that are there too: a browser scrolls before it asks us for more. */
const AROUND = 8;
/** Rows before the end of what is loaded at which more is asked for. */
const AHEAD = 20;
/** The width of what chooses a row, in rem. */
const TICK = 2.5;

type TableProps<Row extends { id: string }> = {
  label: string;
  list: List<Row>;
  /** The same ones as long as nothing about them changes: others draw every row again. */
  columns: Column<Row>[];
  /** `volume` or `-volume`. */
  sort?: string;
  onSort?: (sort: string) => void;
  selection?: Selection;
  /** Shown in place of the rows when there are none. */
  empty: React.ReactNode;
  /** A press on a row; one of its cells has a link or a button that does the same. */
  onOpen?: (row: Row) => void;
  /** What a row is called when it is chosen or opened. */
  rowLabel: (row: Row) => string;
  height?: string;
};

/** The columns that have room at this width of the window, and the least width of the table in rem. */
function useColumns<Row extends { id: string }>(columns: Column<Row>[], data: Row[]) {
  const width = useWidth();
  const [defs, columnVisibility] = useMemo(() => {
    const sizes = columns.map(({ id, header, ...column }) => ({ id, header, size: at(width, column.width) }));
    return [
      sizes.map((size): ColumnDef<Features, Row> => ({ minSize: 0, ...size })),
      Object.fromEntries(sizes.map(({ id, size }) => [id, size !== undefined])),
    ];
  }, [columns, width]);
  const table = useTable({ features, columns: defs, data, state: { columnVisibility } });
  const shown = useMemo(() => columns.filter(({ id }) => columnVisibility[id]), [columns, columnVisibility]);
  const sizes = new Map(table.getVisibleLeafColumns().map((column) => [column.id, column.getSize()]));
  return { shown, sizes, total: table.getTotalSize() };
}

export function DataTable<Row extends { id: string }>(props: TableProps<Row>) {
  const { label, list, columns, sort, onSort, selection, empty } = props;
  const { shown, sizes, total } = useColumns(columns, list.rows);
  const count = list.rows.length;
  if (list.error && count === 0) return <ErrorState error={list.error} again={list.again} />;
  if (!list.loading && count === 0) return <div className="card">{empty}</div>;

  const chosen = selection?.ids.size ?? 0;
  const isBroken = Boolean(list.error);
  return (
    <div className="card overflow-hidden">
      {/* Made here, so that it is not drawn again with each step of a scroll. */}
      <Scroller {...props} columns={shown} minWidth={total + (selection ? TICK : 0)}>
        <caption className="sr-only">{label}</caption>
        <colgroup>
          {selection && <col style={{ width: `${TICK}rem` }} />}
          {shown.map(({ id, grows }) => (
            <col key={id} style={grows ? undefined : { width: `${sizes.get(id)}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {selection && (
              <th className="sticky top-0 z-10 border-b border-line bg-card pl-4 text-left align-middle *:align-middle">
                <Checkbox
                  aria-label="Choose all loaded rows"
                  isSelected={count > 0 && chosen === count}
                  isIndeterminate={chosen > 0 && chosen < count}
                  onChange={(on) => selection.set(new Set(on ? list.rows.map((row) => row.id) : []))}
                />
              </th>
            )}
            {shown.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
      </Scroller>
      {/* It comes with the rows: before, it would move when they come. */}
      {!list.loading && (
        <footer className="flex items-center justify-between gap-4 border-t border-line px-4 py-2 text-xs text-ink-soft">
          <span aria-live="polite">
            {list.total === undefined
              ? `${number(count)} loaded${list.hasMore ? ", more as you scroll" : ""}`
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
          {chosen > 0 && <span>{number(chosen)} chosen</span>}
        </footer>
      )}
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();

/** What scrolls: the head, and the rows in sight. It is drawn with each step of a scroll, and nothing else is. */
function Scroller<Row extends { id: string }>({
  label,
  list,
  columns,
  selection,
  onOpen,
  rowLabel,
  height = "calc(100dvh - 20rem)",
  minWidth,
  children,
}: TableProps<Row> & { minWidth: number; children: React.ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null);
  const count = list.rows.length;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: AROUND,
    // Until it is measured.
    initialRect: { width: 1000, height: 600 },
  });
  const seen = virtual.getVirtualItems();
  const first = seen[0]?.index ?? 0;
  const last = seen.at(-1)?.index ?? 0;
  const { more, hasMore, sees } = list;
  // Also when they were read again: what is in sight may be older than that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows may stand there now
  useEffect(() => sees?.({ first, last }), [first, last, sees, list.rows]);
  useEffect(() => () => sees?.(undefined), [sees]);
  // What could not be read is not asked for again and again by itself.
  const isBroken = Boolean(list.error);
  useEffect(() => {
    if (hasMore && !isBroken && last >= count - AHEAD) more();
  }, [last, count, hasMore, isBroken, more]);

  // These stay the same while one scrolls, so that lines in sight are not drawn again.
  const toggle = useStable((id: string) => {
    const next = new Set(selection?.ids);
    if (!next.delete(id)) next.add(id);
    selection?.set(next);
  });
  const name = useStable(rowLabel);

  const ids = selection?.ids ?? NONE;
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
    <section
      ref={scroller}
      aria-label={label}
      aria-busy={list.loading || list.changing}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      // A ground of its own: without one, a browser draws all of it again with each step of a scroll.
      className={cx(
        "relative overflow-auto bg-card contain-content",
        list.loading && "min-h-64",
        list.changing && "opacity-60",
      )}
      style={{ maxHeight: height }}
    >
      <table
        className="w-full table-fixed border-separate border-spacing-0"
        style={{ minWidth: `${minWidth}rem` }}
        aria-rowcount={list.total ?? -1}
      >
        {children}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: by the keyboard, a row is opened by the link or button with its name */}
        <tbody
          className={onOpen && "cursor-pointer"}
          onClick={(event) => {
            const pressed = event.target as Element;
            const index = pressed.closest("tr")?.getAttribute("aria-rowindex");
            const row = list.rows[Number(index ?? 0) - 1];
            // What can be pressed by itself keeps its press.
            if (row && onOpen && !pressed.closest("a,button,input,label,[role]:not(tr,td)")) onOpen(row);
          }}
        >
          {list.loading &&
            places(8).map((place) => (
              <tr key={place} style={{ height: ROW }}>
                <td colSpan={width} className="px-4">
                  <Skeleton className="h-4 w-full" />
                </td>
              </tr>
            ))}
          {spacer(before)}
          {seen.map(({ index }) => {
            const row = list.rows[index];
            return (
              row && (
                <Line
                  key={row.id}
                  row={row}
                  index={index}
                  columns={columns}
                  isChosen={ids.has(row.id)}
                  toggle={selection && toggle}
                  name={name}
                />
              )
            );
          })}
          {spacer(after)}
        </tbody>
      </table>
    </section>
  );
}

type LineProps<Row extends { id: string }> = {
  row: Row;
  index: number;
  columns: Column<Row>[];
  isChosen: boolean;
  toggle?: (id: string) => void;
  name: (row: Row) => string;
};

const CELL = "border-b border-line px-3 py-1 first:pl-4 last:pr-4";

/** A row; drawn again only when it changes itself. */
const Line = memo(function Line<Row extends { id: string }>({
  row,
  index,
  columns,
  isChosen,
  toggle,
  name,
}: LineProps<Row>) {
  return (
    <tr
      aria-rowindex={index + 1}
      aria-selected={toggle ? isChosen : undefined}
      className={cx("h-11", isChosen ? "bg-brand-soft" : "hover:bg-sunk/60")}
    >
      {toggle && (
        <td className="border-b border-line pl-4">
          {/* Plain HTML that looks like the other checkboxes, with as much room around it. */}
          <input
            type="checkbox"
            aria-label={`Choose ${name(row)}`}
            checked={isChosen}
            onChange={() => toggle(row.id)}
            className="tick"
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className={cx(
            CELL,
            column.wraps ? "break-words" : "overflow-clip text-ellipsis whitespace-nowrap",
            column.right && "text-right tabular-nums",
            column.className,
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}) as <Row extends { id: string }>(props: LineProps<Row>) => React.ReactNode;

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
      )}
    >
      {column.sort && onSort ? (
        <button
          type="button"
          className={cx(
            "inline-flex cursor-pointer items-center gap-1 align-middle hover:text-ink",
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
