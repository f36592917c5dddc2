import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { AiModel } from "@/api/types";
import { NumberField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";

const DOLLARS = { style: "currency", currency: "USD" } as const;

/** Changes the place, the share, the rate and the price of one AI model. */
export function ModelDialog({ model, ...rest }: { model?: AiModel; version: number; onClose: () => void }) {
  return model && <OpenModel model={model} {...rest} />;
}

function OpenModel({ model, version, onClose }: { model: AiModel; version: number; onClose: () => void }) {
  const before = {
    order: model.order ?? undefined,
    weight: model.weight,
    rate_per_minute: model.rate_per_minute,
    input_cents: model.input_cents ?? undefined,
    output_cents: model.output_cents ?? undefined,
  };
  const [form, set] = useState(before);
  const submit = async () => {
    // Only what was changed: the rest stays what it is for everyone.
    const changed = Object.entries(form).filter(([name, value]) => value !== before[name as keyof typeof before]);
    const body = { id: model.id, ...Object.fromEntries(changed) };
    await call(api.PATCH("/api/settings/ai-models", { body, headers: ifMatch(version) }));
    invalidate("ai-models", "tenant-settings");
  };
  const whole = (value: number) => (Number.isNaN(value) ? undefined : value);
  const cents = (dollars: number) => (Number.isNaN(dollars) ? undefined : Math.round(dollars * 100));
  const dollars = (value: number | undefined) => (value === undefined ? Number.NaN : value / 100);
  return (
    <FormModal title={model.name} action="Save" width="sm" isOpen onClose={onClose} submit={submit} values={form}>
      {(errors) => (
        <>
          <NumberField
            label="Place"
            hint="The smallest number is asked first."
            minValue={1}
            maxValue={1000}
            value={form.order ?? Number.NaN}
            onChange={(value) => set({ ...form, order: whole(value) })}
            error={errors.order}
          />
          <NumberField
            label="Requests a minute"
            hint="What is above it goes to the next model, or waits for its turn."
            minValue={1}
            maxValue={100_000}
            value={form.rate_per_minute}
            onChange={(value) => set({ ...form, rate_per_minute: whole(value) ?? before.rate_per_minute })}
            error={errors.rate_per_minute}
          />
          <NumberField
            label="Share"
            hint="Where models take turns: 2 is asked twice as often as 1, and 0 only when others cannot."
            minValue={0}
            maxValue={1000}
            value={form.weight}
            onChange={(value) => set({ ...form, weight: whole(value) ?? before.weight })}
            error={errors.weight}
          />
          <NumberField
            label="Price of a million tokens of questions"
            minValue={0}
            maxValue={100_000}
            formatOptions={DOLLARS}
            value={dollars(form.input_cents)}
            onChange={(value) => set({ ...form, input_cents: cents(value) })}
            error={errors.input_cents}
          />
          <NumberField
            label="Price of a million tokens of answers"
            minValue={0}
            maxValue={100_000}
            formatOptions={DOLLARS}
            value={dollars(form.output_cents)}
            onChange={(value) => set({ ...form, output_cents: cents(value) })}
            error={errors.output_cents}
          />
        </>
      )}
    </FormModal>
  );
}
