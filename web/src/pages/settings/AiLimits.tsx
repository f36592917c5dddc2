/** How the AI models are chosen, and the limits of AI work: one form. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { TenantSettings } from "@/api/types";
import { money, number } from "@/lib/format";
import { Choice } from "@/ui/Choice";
import { NumberField } from "@/ui/Field";
import { InlineForm } from "@/ui/InlineForm";
import { Section } from "@/ui/Section";
import { ErrorState, Skeleton } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";

type Limit = TenantSettings["limits"][number];

/** What the limits are called here; one that is not named shows as the server describes it. */
const NAMES: Record<string, string> = {
  ai_daily_cost_cents: "AI costs a day, at most",
  ai_max_items_per_request: "Items in one request, at most",
  ai_keywords_per_request: "Keywords chosen for clusters, at most",
  ai_keywords_per_item: "Keywords that a model sees at once",
  ai_ideas_per_cluster: "Ideas for a cluster, unless you say",
  ai_images_per_request: "Pictures in one request, at most",
  ai_images_per_article: "Pictures planned between sections",
  ai_max_tokens: "Tokens of one answer, at most",
  ai_timeout_seconds: "Seconds to wait for an answer",
  ai_image_timeout_seconds: "Seconds to wait for a picture",
  ai_image_cost_cents: "Cost of a picture, where nobody says it",
  ai_max_attempts: "Tries before an item is given up",
};

/** What one should know before changing it. */
const NOTES: Record<string, string> = {
  ai_daily_cost_cents: ". With 0, no AI work is done; what waits goes on after midnight UTC.",
  ai_keywords_per_item: ". Each batch costs 1 credit: smaller ones suit small models and cost more.",
  ai_max_tokens: ". A long article takes about 8,000; with fewer it may come without its end and fail.",
  ai_image_cost_cents: ". It counts towards the costs of a day.",
};

const ROUTING = [
  { id: "order", name: "In order", note: "The first model answers; the others stand in." },
  { id: "price", name: "Cheapest first", note: "The model with the lowest price answers; the others stand in." },
  { id: "balance", name: "In turns", note: "Each answers its share of the questions." },
] as const;

type Routing = (typeof ROUTING)[number]["id"];

export function AiLimits({ may }: { may: boolean }) {
  const settings = useQuery({
    queryKey: ["tenant-settings"],
    queryFn: () => call(api.GET("/api/settings/tenant")) as Promise<TenantSettings>,
  });
  if (settings.error && !settings.data) {
    return <ErrorState error={settings.error} again={() => void settings.refetch()} />;
  }
  if (!settings.data) return <Skeleton className="h-96" />;
  // The form starts anew when what it holds has changed on the server, and only then.
  return <LimitsForm key={JSON.stringify(settings.data)} settings={settings.data} may={may} />;
}

function LimitsForm({ settings, may }: { settings: TenantSettings; may: boolean }) {
  const [routing, setRouting] = useState(settings.ai_routing as Routing);
  const [values, setValues] = useState<Record<string, number>>({});
  const changed = settings.limits.filter((limit) => (values[limit.key] ?? limit.value) !== limit.value);
  const submit = async () => {
    // The default is not written down: it may become another one.
    const limits = changed.map((limit) => {
      const value = values[limit.key] ?? limit.value;
      return [limit.key, value === limit.default ? null : value];
    });
    const body = {
      limits: Object.fromEntries(limits),
      ...(routing !== settings.ai_routing && { ai_routing: routing }),
    };
    await call(api.PATCH("/api/settings/tenant", { body, headers: ifMatch(settings.version) }));
    invalidate("tenant-settings", "ai-models");
    told("The settings are saved.");
  };
  return (
    <Section title="How models are chosen, and limits">
      <InlineForm
        action="Save"
        submit={submit}
        changed={changed.length > 0 || routing !== settings.ai_routing}
        hidden={!may}
      >
        {(errors) => (
          <>
            <Choice
              label="Which model is asked first"
              options={[...ROUTING]}
              value={routing}
              onChange={setRouting}
              isDisabled={!may}
              error={errors.ai_routing}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              {settings.limits.map((limit) => (
                <LimitField
                  key={limit.key}
                  limit={limit}
                  value={values[limit.key] ?? limit.value}
                  set={(value) => setValues({ ...values, [limit.key]: value })}
                  isDisabled={!may}
                  error={errors[`limits.${limit.key}`]}
                />
              ))}
            </div>
          </>
        )}
      </InlineForm>
    </Section>
  );
}

/** One limit; what is in cents is shown in dollars. */
function LimitField(props: {
  limit: Limit;
  value: number;
  set: (value: number) => void;
  isDisabled: boolean;
  error?: string;
}) {
  const { limit, value, set, isDisabled, error } = props;
  const inCents = limit.key.endsWith("_cents");
  const parts = inCents ? 100 : 1;
  const shown = (amount: number) => (inCents ? money(amount) : number(amount));
  const note = NOTES[limit.key] ?? "";
  return (
    <NumberField
      label={NAMES[limit.key] ?? limit.about}
      hint={`${shown(limit.min)} to ${shown(limit.max)}, ${shown(limit.default)} unless changed${note}`}
      minValue={limit.min / parts}
      maxValue={limit.max / parts}
      formatOptions={inCents ? { style: "currency", currency: "USD" } : undefined}
      value={value / parts}
      onChange={(next) => set(Number.isNaN(next) ? limit.value : Math.round(next * parts))}
      isDisabled={isDisabled}
      error={error}
    />
  );
}
