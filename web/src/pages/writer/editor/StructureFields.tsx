/** The fields that the forms of several kinds share: what is missing, lines, prices, properties, steps. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { StructureStep } from "@/api/types";
import { currencyOptions, digitsOf, toSmallest, toUnits } from "@/lib/money";
import { Button, IconButton } from "@/ui/Button";
import { NumberField, Select, TextField } from "@/ui/Field";
import { errorOf, type Of, toLines } from "./structure";

type Errors = Record<string, string>;
type Spec = NonNullable<Of<"product">["specs"]>[number];

/** What only a person can add. */
export function CommonNote({
  missing,
  readOnly,
}: {
  missing: { field: string; message: string }[];
  readOnly: boolean;
}) {
  if (missing.length === 0 || readOnly) return null;
  return (
    <div role="note" className="rounded-lg bg-warn-soft px-4 py-3 text-warn">
      <p className="font-medium">Only you can know this. The page does without it until you add it.</p>
      <ul className="mt-1 list-disc pl-5">
        {missing.map(({ field, message }) => (
          <li key={field}>{message}</li>
        ))}
      </ul>
    </div>
  );
}

/** A list, one entry per line. */
export function Lines({
  label,
  values,
  onChange,
  error,
  hint,
  isReadOnly,
}: {
  label: string;
  values: string[] | undefined;
  onChange: (values: string[]) => void;
  error?: string;
  hint?: string;
  isReadOnly: boolean;
}) {
  return (
    <TextField
      label={label}
      rows={3}
      value={(values ?? []).join("\n")}
      onChange={(text) => onChange(toLines(text))}
      error={error}
      hint={hint}
      isReadOnly={isReadOnly}
    />
  );
}

/** An amount with its currency. Without an amount there is no price. */
export function PriceFields({
  label,
  amount,
  currency,
  onChange,
  errors,
  path,
  isReadOnly,
  hint,
  fixed,
}: {
  label: string;
  /** In the smallest unit. */
  amount: number | undefined;
  currency: string | undefined;
  onChange: (amount: number | undefined, currency: string) => void;
  errors: Errors;
  /** The path of the amount. */
  path: string;
  isReadOnly: boolean;
  hint?: string;
  /** The currency is chosen elsewhere. */
  fixed?: boolean;
}) {
  // What is chosen before there is an amount.
  const [chosen, setChosen] = useState(currency ?? "EUR");
  const unit = currency ?? chosen;
  return (
    <div className={fixed ? undefined : "grid grid-cols-[minmax(0,1fr)_7.5rem] items-start gap-2"}>
      <NumberField
        label={fixed ? `${label} (${unit})` : label}
        minValue={0}
        maxValue={toUnits(100_000_000_000, unit)}
        formatOptions={{ maximumFractionDigits: digitsOf(unit), minimumFractionDigits: digitsOf(unit) }}
        value={amount === undefined ? Number.NaN : toUnits(amount, unit)}
        onChange={(value) => onChange(Number.isNaN(value) ? undefined : toSmallest(value, unit), unit)}
        error={errorOf(errors, path)}
        hint={hint}
        isReadOnly={isReadOnly}
      />
      {!fixed && (
        <Select
          label="Currency"
          options={currencyOptions()}
          value={unit}
          onChange={(next) => {
            setChosen(next);
            // The figure stays as it was typed: 20.00 EUR becomes 20 JPY, not 2000.
            if (amount !== undefined) onChange(toSmallest(toUnits(amount, unit), next), next);
          }}
          isDisabled={isReadOnly}
          error={errorOf(errors, "price.currency")}
        />
      )}
    </div>
  );
}

/** The properties of a product, in the order of the table. */
export function Specs({
  specs,
  errors,
  isReadOnly,
  onChange,
}: {
  specs: Spec[];
  errors: Errors;
  isReadOnly: boolean;
  onChange: (specs: Spec[]) => void;
}) {
  const change = (at: number, part: Partial<Spec>) =>
    onChange(specs.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-[13px] font-medium">Properties</legend>
      {specs.length === 0 && <p className="text-ink-soft">None yet. Buyers compare products by them.</p>}
      {specs.map((spec, at) => (
        // Rows have no name of their own; they are only added at the end and removed.
        <div key={at} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] items-start gap-2">
          <TextField
            label={`Name of property ${at + 1}`}
            hideLabel
            placeholder="Name"
            maxLength={100}
            value={spec.name}
            onChange={(name) => change(at, { name })}
            isReadOnly={isReadOnly}
            error={errorOf(errors, `specs[${at}].name`)}
          />
          <TextField
            label={`Value of ${spec.name || `property ${at + 1}`}`}
            hideLabel
            placeholder="Value"
            maxLength={200}
            value={spec.value ?? ""}
            onChange={(value) => change(at, { value })}
            isReadOnly={isReadOnly}
            error={errorOf(errors, `specs[${at}].value`)}
          />
          {!isReadOnly && (
            <IconButton
              label={`Remove ${spec.name || `property ${at + 1}`}`}
              icon={Trash2}
              onPress={() => onChange(specs.filter((_, index) => index !== at))}
            />
          )}
        </div>
      ))}
      <ListError error={errorOf(errors, "specs")} />
      {!isReadOnly && specs.length < 100 && (
        <Button
          size="sm"
          icon={Plus}
          className="self-start"
          onPress={() => onChange([...specs, { name: "", value: "" }])}
        >
          Add property
        </Button>
      )}
    </fieldset>
  );
}

/** Steps in order, each with a name and how it is done. */
export function Steps({
  steps,
  path,
  errors,
  isReadOnly,
  onChange,
}: {
  steps: StructureStep[];
  /** As `how_to.steps`. */
  path: string;
  errors: Errors;
  isReadOnly: boolean;
  onChange: (steps: StructureStep[]) => void;
}) {
  const change = (at: number, part: Partial<StructureStep>) =>
    onChange(steps.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const move = (at: number, by: number) => {
    const rest = [...steps];
    const [one] = rest.splice(at, 1);
    if (one) onChange([...rest.slice(0, at + by), one, ...rest.slice(at + by)]);
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-[13px] font-medium">Steps</legend>
      {steps.length === 0 && <p className="text-ink-soft">None yet.</p>}
      {steps.map((step, at) => (
        <div key={at} className="flex items-start gap-1 rounded-lg border border-line p-3">
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <TextField
              label={`Name of step ${at + 1}`}
              hideLabel
              placeholder="What is done"
              maxLength={200}
              value={step.name}
              onChange={(name) => change(at, { name })}
              isReadOnly={isReadOnly}
              error={errorOf(errors, `${path}[${at}].name`)}
            />
            <TextField
              label={`How step ${at + 1} is done`}
              hideLabel
              placeholder="How it is done"
              rows={2}
              maxLength={1000}
              value={step.text ?? ""}
              onChange={(text) => change(at, { text })}
              isReadOnly={isReadOnly}
              error={errorOf(errors, `${path}[${at}].text`)}
            />
          </div>
          {!isReadOnly && (
            <div className="flex flex-col">
              <IconButton
                label={`Move step ${at + 1} up`}
                icon={ArrowUp}
                isDisabled={at === 0}
                onPress={() => move(at, -1)}
              />
              <IconButton
                label={`Move step ${at + 1} down`}
                icon={ArrowDown}
                isDisabled={at === steps.length - 1}
                onPress={() => move(at, 1)}
              />
              <IconButton
                label={`Remove step ${at + 1}`}
                icon={Trash2}
                onPress={() => onChange(steps.filter((_, index) => index !== at))}
              />
            </div>
          )}
        </div>
      ))}
      <ListError error={errorOf(errors, path)} />
      {!isReadOnly && steps.length < 30 && (
        <Button size="sm" icon={Plus} className="self-start" onPress={() => onChange([...steps, { name: "" }])}>
          Add step
        </Button>
      )}
    </fieldset>
  );
}

function ListError({ error }: { error?: string }) {
  if (!error) return null;
  return (
    <p role="alert" className="text-xs text-bad">
      {error}
    </p>
  );
}
