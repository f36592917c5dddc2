/** Form fields: a label, the input, what it is for, and what is wrong with it. */
import { Check, ChevronDown, Minus } from "lucide-react";
import { useState } from "react";
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  NumberField as AriaNumberField,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  Autocomplete,
  type CheckboxProps,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  type NumberFieldProps,
  Popover,
  SelectValue,
  type SwitchProps,
  Text,
  TextArea,
  type TextFieldProps,
  useFilter,
} from "react-aria-components";
import { cx } from "@/lib/cx";
import { number } from "@/lib/format";

// On a touch screen the text has 16 pixels: below that, phones zoom in when a field is entered.
export const INPUT =
  "w-full rounded-lg border border-line-strong bg-card px-3 h-9 text-sm text-ink pointer-coarse:h-11 pointer-coarse:text-base placeholder:text-ink-soft disabled:opacity-60 invalid:border-bad data-[invalid]:border-bad";

type Common = { label: string; hint?: React.ReactNode; error?: string; className?: string };

function Notes({ hint, error }: Pick<Common, "hint" | "error">) {
  return (
    <>
      {hint && !error && (
        <Text slot="description" className="text-xs text-ink-soft">
          {hint}
        </Text>
      )}
      <FieldError className="block text-xs text-bad first-letter:uppercase">{error}</FieldError>
    </>
  );
}

const FIELD = "flex flex-col gap-1";
const LABEL = "text-[13px] font-medium";

export function TextField({
  label,
  hint,
  error,
  className,
  placeholder,
  rows,
  hideLabel,
  ...rest
}: Omit<TextFieldProps, "className"> & Common & { placeholder?: string; rows?: number; hideLabel?: boolean }) {
  return (
    <AriaTextField {...rest} isInvalid={Boolean(error)} validationBehavior="aria" className={cx(FIELD, className)}>
      <Label className={cx(LABEL, hideLabel && "sr-only")}>{label}</Label>
      {rows ? (
        <TextArea
          rows={rows}
          placeholder={placeholder}
          // As tall as what is in it, so that no line is cut; browsers that do not know this keep `rows`.
          style={{ minHeight: `calc(${rows}lh + 1.125rem)` }}
          className={cx(INPUT, "field-sizing-content h-auto! max-h-80 resize-none py-2 leading-relaxed")}
        />
      ) : (
        <Input placeholder={placeholder} className={INPUT} />
      )}
      <Notes hint={hint} error={error} />
    </AriaTextField>
  );
}

export function NumberField({
  label,
  hint,
  error,
  className,
  placeholder,
  ...rest
}: Omit<NumberFieldProps, "className"> & Common & { placeholder?: string }) {
  return (
    <AriaNumberField {...rest} isInvalid={Boolean(error)} validationBehavior="aria" className={cx(FIELD, className)}>
      <Label className={LABEL}>{label}</Label>
      <Input placeholder={placeholder} className={cx(INPUT, "tabular-nums")} />
      <Notes hint={hint} error={error} />
    </AriaNumberField>
  );
}

export type Option = { id: string; name: string; note?: string };

/** With more options than these, one may search among them. */
const FEW = 12;
/** The most options in the page at a time; others are found by searching. */
const MOST_SHOWN = 200;

/** One of some. Choose `none` to offer that nothing is chosen; its value is the empty string. */
export function Select({
  label,
  hideLabel,
  hint,
  error,
  className,
  options,
  value,
  onChange,
  none,
  isDisabled,
}: Common & {
  options: Option[];
  value: string;
  onChange: (value: string) => void;
  none?: string;
  hideLabel?: boolean;
  isDisabled?: boolean;
}) {
  const [text, setText] = useState("");
  const { contains } = useFilter({ sensitivity: "base" });
  const all = none === undefined ? options : [{ id: "", name: none }, ...options];
  const found = text ? all.filter((option) => contains(option.name, text)) : all;
  const shown = found.slice(0, MOST_SHOWN);
  const list = (
    <ListBox
      items={shown}
      className="max-h-72 overflow-auto p-1"
      renderEmptyState={() => <p className="px-2.5 py-1.5 text-ink-soft">Nothing found</p>}
    >
      {(option) => (
        <ListBoxItem
          id={option.id}
          textValue={option.name}
          className="group flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 pointer-coarse:py-2.5 data-[focused]:bg-sunk"
        >
          <span className="min-w-0 flex-1">
            <span className="block truncate">{option.name}</span>
            {option.note && <span className="block text-xs text-ink-soft">{option.note}</span>}
          </span>
          <Check className="size-4 text-brand opacity-0 group-data-[selected]:opacity-100" aria-hidden />
        </ListBoxItem>
      )}
    </ListBox>
  );
  return (
    <AriaSelect
      selectedKey={value}
      onSelectionChange={(key) => onChange(String(key ?? ""))}
      onOpenChange={() => setText("")}
      isInvalid={Boolean(error)}
      isDisabled={isDisabled}
      validationBehavior="aria"
      className={cx(FIELD, className)}
    >
      <Label className={cx(LABEL, hideLabel && "sr-only")}>{label}</Label>
      <AriaButton className={cx(INPUT, "flex items-center justify-between gap-2 text-left cursor-pointer")}>
        <SelectValue className="truncate">
          {/* Not what the list says: what is chosen may not be among what is found. */}
          {all.find((option) => option.id === value)?.name ?? (
            <span className="text-ink-soft">{none ?? "Choose…"}</span>
          )}
        </SelectValue>
        <ChevronDown className="size-4 shrink-0 text-ink-soft" aria-hidden />
      </AriaButton>
      <Notes hint={hint} error={error} />
      <Popover className="pop card min-w-(--trigger-width) max-w-[min(24rem,calc(100vw-2rem))] shadow-lg">
        {all.length > FEW ? (
          <Autocomplete inputValue={text} onInputChange={setText}>
            <AriaSearchField aria-label={`Search: ${label}`} autoFocus className="block border-b border-line p-1.5">
              <Input placeholder="Search…" className={INPUT} />
            </AriaSearchField>
            {list}
            {found.length > shown.length && (
              <p className="border-t border-line px-3 py-2 text-xs text-ink-soft">
                {`The first ${number(MOST_SHOWN)} of ${number(found.length)}. Search to find others.`}
              </p>
            )}
          </Autocomplete>
        ) : (
          list
        )}
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({
  children,
  className,
  ...rest
}: Omit<CheckboxProps, "children" | "className"> & { children?: React.ReactNode; className?: string }) {
  return (
    <AriaCheckbox
      {...rest}
      className={cx(
        "group relative inline-flex cursor-pointer items-center gap-2 before:absolute before:-inset-2",
        className,
      )}
    >
      {({ isSelected, isIndeterminate }) => (
        <>
          <span className="flex size-[18px] shrink-0 items-center justify-center rounded border border-line-strong bg-card group-data-[selected]:border-brand group-data-[selected]:bg-brand group-data-[indeterminate]:border-brand group-data-[indeterminate]:bg-brand group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-brand">
            {isIndeterminate ? (
              <Minus className="size-3.5 text-on-brand" aria-hidden />
            ) : (
              isSelected && <Check className="size-3.5 text-on-brand" aria-hidden />
            )}
          </span>
          {children}
        </>
      )}
    </AriaCheckbox>
  );
}

export function Switch({
  children,
  ...rest
}: Omit<SwitchProps, "children" | "className"> & { children: React.ReactNode }) {
  return (
    <AriaSwitch {...rest} className="group inline-flex cursor-pointer items-center gap-2.5">
      <span className="flex h-5 w-9 shrink-0 items-center rounded-full bg-line-strong p-0.5 transition-colors group-data-[selected]:bg-brand group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-brand">
        <span className="size-4 rounded-full bg-card transition-transform group-data-[selected]:translate-x-4" />
      </span>
      {children}
    </AriaSwitch>
  );
}

/** A search that waits until the person has stopped typing is the caller's choice: `onChange` fires at each letter. */
export function SearchField({
  label,
  value,
  onChange,
  className,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}) {
  return (
    <AriaSearchField aria-label={label} value={value} onChange={onChange} className={className}>
      <Input placeholder={label} className={INPUT} />
    </AriaSearchField>
  );
}
