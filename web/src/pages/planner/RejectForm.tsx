import { useState } from "react";
import type { Idea } from "@/api/types";
import { count } from "@/lib/format";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";

/** Why ideas are rejected, for whoever looks at them later; it may be left out. */
export function RejectForm({
  ideas,
  reject,
  onClose,
}: {
  ideas: Idea[];
  reject: (reason: string | undefined) => Promise<void>;
  onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const [first] = ideas;
  return (
    <FormModal
      title={ideas.length === 1 && first ? `Reject “${first.title}”` : `Reject ${count(ideas.length, "idea")}`}
      action="Reject"
      width="sm"
      isOpen
      onClose={onClose}
      values={reason}
      submit={() => reject(reason.trim() || undefined)}
    >
      {() => (
        <TextField
          label="Why (optional)"
          rows={2}
          maxLength={190}
          autoFocus
          value={reason}
          onChange={setReason}
          hint="It stands beside the idea, until that is restored."
        />
      )}
    </FormModal>
  );
}
