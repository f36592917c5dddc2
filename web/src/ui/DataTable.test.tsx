import { fireEvent, render, screen, within } from "@testing-library/react";
import { useMemo, useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import type { List } from "@/api/query";
import { type Column, DataTable } from "./DataTable";

type Row = { id: string; name: string; size: number };

const ROWS: Row[] = Array.from({ length: 1000 }, (_, n) => ({ id: `r${n}`, name: `Row ${n}`, size: n }));

function listOf(rows: Row[], rest: Partial<List<Row>> = {}): List<Row> {
  const nothing = () => undefined;
  const list = { loading: false, changing: false, error: null, hasMore: false, more: nothing, again: nothing };
  return { rows, total: rows.length, ...list, ...rest };
}

/** How often a cell was drawn. */
const drawn = vi.fn();
const opened = vi.fn();

function Table({ list }: { list: List<Row> }) {
  const [ids, set] = useState<ReadonlySet<string>>(new Set());
  const columns = useMemo(
    (): Column<Row>[] => [
      {
        id: "name",
        header: "Name",
        width: 10,
        grows: true,
        cell: (row) => {
          drawn(row.id);
          return <button type="button">{row.name}</button>;
        },
      },
      { id: "size", header: "Size", width: { md: 6 }, cell: (row) => row.size },
    ],
    [],
  );
  return (
    <DataTable
      label="Things"
      list={list}
      columns={columns}
      selection={{ ids, set }}
      rowLabel={(row) => row.name}
      onOpen={opened}
      empty="Nothing"
    />
  );
}

beforeEach(() => {
  // jsdom lays nothing out.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(400);
});

test("of a thousand rows those in sight are there, with the columns that have room, and each is drawn once", () => {
  const sees = vi.fn();
  const list = listOf(ROWS, { sees });
  const { rerender } = render(<Table list={list} />);
  const rows = () => screen.getAllByRole("row").filter((row) => row.hasAttribute("aria-rowindex"));
  expect(rows().length).toBeLessThan(40);
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("1000");
  expect(screen.getAllByRole("columnheader").map((head) => head.textContent)).toEqual(["", "Name"]);
  expect(sees).toHaveBeenCalledWith({ first: 0, last: rows().length - 1 });

  // One that is chosen, and one that came: no other row is drawn again.
  drawn.mockClear();
  fireEvent.click(screen.getByRole("checkbox", { name: "Choose Row 2" }));
  expect(drawn.mock.calls).toEqual([["r2"]]);
  expect(screen.getByText("1 chosen")).toBeTruthy();
  drawn.mockClear();
  rerender(<Table list={listOf([{ id: "new", name: "New", size: 0 }, ...ROWS.slice(1)])} />);
  expect(drawn.mock.calls).toEqual([["new"]]);
});

test("a press on a row opens it, but not one on what can be pressed by itself", () => {
  render(<Table list={listOf(ROWS)} />);
  const row = screen.getByRole("row", { name: /Row 3$/ });
  fireEvent.click(within(row).getByRole("button"));
  fireEvent.click(within(row).getByRole("checkbox"));
  expect(opened).not.toHaveBeenCalled();
  fireEvent.click(within(row).getAllByRole("cell")[1] as HTMLElement);
  expect(opened).toHaveBeenCalledWith(ROWS[3]);
});
