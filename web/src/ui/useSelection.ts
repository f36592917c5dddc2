/**
 * The rows that are chosen in a list, and what is being done with them.
 *
 * The rule: chosen is what one sees chosen. Of what was ticked, only the rows that are loaded by the filters in force count:
 * for the ticks, for the number that is told, and for what is done. A row that goes (it was deleted, it fits the filters no
 * more, the list was cut when it was read again) counts no more; if it comes back as one scrolls, its tick comes with it,
 * and it counts again. Other filters are another choice.
 */
import { useMemo, useState } from "react";
import type { Selection } from "./DataTable";
import { failed } from "./ToastNotifications";

const NONE: ReadonlySet<string> = new Set();

/** `view` names the filters in force. */
export function useSelection<Row extends { id: string }>(rows: readonly Row[], view: string) {
  const [ticked, setTicked] = useState({ view, ids: NONE });
  const [busy, setBusy] = useState(false);
  const all = ticked.view === view ? ticked.ids : NONE;
  const chosen = useMemo(() => (all.size > 0 ? rows.filter((row) => all.has(row.id)) : []), [rows, all]);
  const ids = useMemo(() => (chosen.length > 0 ? new Set(chosen.map((row) => row.id)) : NONE), [chosen]);
  const set = (next: ReadonlySet<string>) => setTicked({ view, ids: next });
  const selection: Selection = { ids, set };
  return {
    chosen,
    selection,
    clear: () => set(NONE),
    /** While something is being done. */
    busy,
    /** Does something with rows; it answers which of them are still to be dealt with, and these alone stay chosen. */
    run: async (work: (rows: Row[]) => Promise<ReadonlySet<string>>, tried: Row[] = chosen) => {
      setBusy(true);
      try {
        const left = await work(tried);
        const gone = new Set(tried.map((row) => row.id).filter((id) => !left.has(id)));
        setTicked((now) => ({ ...now, ids: new Set([...now.ids].filter((id) => !gone.has(id))) }));
      } catch (error) {
        // All of it stays chosen, and can be tried again.
        failed(error);
      } finally {
        setBusy(false);
      }
    },
  };
}
