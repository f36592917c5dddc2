import { ArrowLeft } from "lucide-react";
import type { Site } from "@/api/types";
import { Button } from "@/ui/Button";
import type { Step } from "./progress";

export type StepProps = { site?: Site; go: (step: Step) => void; back?: () => void };

/** Back at the left, the ways on at the right. */
export function StepActions({ back, children }: { back?: () => void; children: React.ReactNode }) {
  return (
    <div className="mt-6 flex flex-wrap items-center justify-between gap-2">
      {back ? (
        <Button look="quiet" icon={ArrowLeft} onPress={back}>
          Back
        </Button>
      ) : (
        <span />
      )}
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
