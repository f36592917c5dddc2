/** One of a few, all of them in sight, each with a sentence of what it means. */
import { useId } from "react";
import { FieldError, Label, Radio, RadioGroup, Text } from "react-aria-components";
import { cx } from "@/lib/cx";
import type { Option } from "./Field";

export function Choice<Id extends string>({
  label,
  hint,
  error,
  options,
  value,
  onChange,
  isDisabled,
  row,
}: {
  label: string;
  hint?: React.ReactNode;
  error?: string;
  options: (Option & { id: Id })[];
  value: Id;
  onChange: (value: Id) => void;
  isDisabled?: boolean;
  /** Side by side where there is room. */
  row?: boolean;
}) {
  const id = useId();
  return (
    <RadioGroup
      value={value}
      onChange={(next) => onChange(next as Id)}
      isDisabled={isDisabled}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      className="flex flex-col gap-1.5"
    >
      <Label className="text-[13px] font-medium">{label}</Label>
      <div className={cx("flex flex-col gap-2", row && "sm:flex-row")}>
        {options.map((option) => (
          <Radio
            key={option.id}
            value={option.id}
            // The name alone is read as its name, and the note as what describes it.
            aria-label={option.name}
            aria-describedby={option.note ? `${id}-${option.id}` : undefined}
            className={cx(
              "group relative flex cursor-pointer items-start gap-3 rounded-lg border border-line-strong px-3 py-2.5 data-[disabled]:cursor-not-allowed data-[disabled]:opacity-60 data-[selected]:border-brand data-[selected]:bg-brand-soft",
              row && "flex-1",
            )}
          >
            <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-card group-data-[selected]:border-brand">
              <span className="size-2 rounded-full bg-brand opacity-0 group-data-[selected]:opacity-100" />
            </span>
            <span className="min-w-0">
              <span className="block font-medium">{option.name}</span>
              {option.note && (
                <span id={`${id}-${option.id}`} className="block text-[13px] text-ink-soft">
                  {option.note}
                </span>
              )}
            </span>
          </Radio>
        ))}
      </div>
      {hint && !error && (
        <Text slot="description" className="text-xs text-ink-soft">
          {hint}
        </Text>
      )}
      <FieldError className="block text-xs text-bad first-letter:uppercase">{error}</FieldError>
    </RadioGroup>
  );
}
