import type { ImportSummary } from "@/api/types";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

type RejectedLine = { line: number; message: string };

/** Lines that were not taken, and why. */
export function RejectedTable({ rejected, all }: { rejected: RejectedLine[]; all: number }) {
  return (
    <section
      aria-label="Lines that were skipped"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="max-h-64 overflow-auto rounded-lg border border-line"
    >
      <table className="w-full">
        <thead>
          <tr className="text-left text-xs text-ink-soft">
            <th scope="col" className="w-16 px-3 py-2 font-medium">
              Line
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              Why it was skipped
            </th>
          </tr>
        </thead>
        <tbody>
          {rejected.map(({ line, message }) => (
            <tr key={line} className="border-t border-line align-top">
              <td className="px-3 py-1.5 tabular-nums">{line}</td>
              <td className="px-3 py-1.5 break-words">{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all > rejected.length && (
        <p className="border-t border-line px-3 py-2 text-xs text-ink-soft">
          And {count(all - rejected.length, "more line")} for reasons like these.
        </p>
      )}
    </section>
  );
}

/** Says after pasting which lines were not taken; nothing when all were. */
export function RejectedDialog({
  summary,
  isKept,
  onClose,
}: {
  summary?: ImportSummary;
  /** They stay in the form. */
  isKept: boolean;
  onClose: () => void;
}) {
  if (!summary || summary.rejected_count === 0) return null;
  return (
    <Dialog
      title={`${count(summary.rejected_count, "keyword")} not added`}
      isOpen
      onClose={onClose}
      footer={<Button onPress={onClose}>Close</Button>}
    >
      {isKept && (
        <p className="mb-3 text-ink-soft">They stay in the form, so that you can fix them and add them again.</p>
      )}
      <RejectedTable rejected={summary.rejected} all={summary.rejected_count} />
    </Dialog>
  );
}
