/** What the golden set says of a version, question by question. */
import { Check, X } from "lucide-react";
import type { GoldenRun } from "@/api/types";
import { Badge } from "@/ui/Badge";

export const STATUS = {
  unchecked: <Badge tone="warn">Not checked</Badge>,
  worse: <Badge tone="bad">Worse than what is in use</Badge>,
  good: <Badge tone="good">Not worse than what is in use</Badge>,
};

function Mark({ passed, label }: { passed: boolean; label: string }) {
  const Icon = passed ? Check : X;
  return (
    <span className={passed ? "text-good" : "text-bad"}>
      <Icon className="inline size-4" aria-hidden />
      <span className="sr-only">
        {label}: {passed ? "good" : "not good"}
      </span>
    </span>
  );
}

export function Golden({ run }: { run: GoldenRun }) {
  if (run.cases.length === 0) {
    return (
      <p className="text-ink-soft">
        A check asks a few fixed questions with this version and with the text in use, and looks at the answers. A
        version is used once it does not do worse.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {run.cases.map((one) => (
        <table key={one.case} className="w-full text-[13px]">
          <caption className="text-left font-medium">Question “{one.case}”</caption>
          <thead className="text-xs text-ink-soft">
            <tr>
              <th scope="col" className="text-left font-normal">
                What is looked at
              </th>
              <th scope="col" className="w-20 text-center font-normal">
                This
              </th>
              <th scope="col" className="w-20 text-center font-normal">
                In use
              </th>
            </tr>
          </thead>
          <tbody>
            {one.checks.map((check) => (
              <tr key={check.name} className="border-t border-line">
                <td className="py-1">{check.name}</td>
                <td className="text-center">
                  <Mark passed={check.passed} label="This version" />
                </td>
                <td className="text-center">
                  <Mark passed={check.live_passed} label="The text in use" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}
