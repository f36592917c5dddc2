/** Which AI models write, in which order and how often, and what AI work may cost. */
import { useQuery } from "@tanstack/react-query";
import { Cpu, Pencil, Power } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { useMay } from "@/api/query";
import type { AiModel, AiModels as Models } from "@/api/types";
import { money, number } from "@/lib/format";
import { RowActions } from "@/ui/ActionButtons";
import { Badge } from "@/ui/Badge";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { EmptyState, Skeleton } from "@/ui/states";
import { AiLimits } from "./AiLimits";
import { ModelDialog } from "./ModelDialog";
import { act } from "./resources";

export function AiModels() {
  const may = useMay("admin");
  const [edited, edit] = useState<AiModel>();
  const models = useQuery({
    queryKey: ["ai-models"],
    queryFn: () => call(api.GET("/api/settings/ai-models")) as Promise<Models>,
  });
  const version = models.data?.version ?? 0;
  const items = models.data?.items ?? [];
  const inUse = items.filter((model) => model.enabled).length;
  const turn = async (model: AiModel) => {
    const body = { id: model.id, enabled: !model.enabled };
    const deed = () => call(api.PATCH("/api/settings/ai-models", { body, headers: ifMatch(version) }));
    const done = model.enabled ? `${model.name} is not used any more.` : `${model.name} is in use.`;
    await act(deed, done, "ai-models", "tenant-settings");
  };
  return (
    <Page
      narrow
      title="AI models"
      intro="What writes your clusters, ideas and articles, and what it may cost. Changes hold for work that begins some seconds later."
    >
      <Section
        flush
        title="Models"
        intro="The first one is asked. When it cannot answer, rests after failures or is over its limit, the next one is."
      >
        <RowList
          label="AI models"
          items={items}
          state={{ loading: models.isPending, error: models.error, again: () => void models.refetch() }}
          empty={
            <EmptyState icon={Cpu} title="No model is set up">
              Tell the operator of this service.
            </EmptyState>
          }
          row={(model) => (
            <Row
              key={model.id}
              title={model.name}
              note={[model.provider, price(model), `at most ${number(model.rate_per_minute)} a minute`].join(" · ")}
              badges={<Badge tone={model.enabled ? "good" : undefined}>{place(items, model)}</Badge>}
              actions={
                may && (
                  <RowActions
                    label={`Actions for ${model.name}`}
                    entries={[
                      { id: "edit", label: "Change", icon: Pencil, run: () => edit(model) },
                      ...(model.enabled && inUse < 2
                        ? []
                        : [
                            {
                              id: "turn",
                              label: model.enabled ? "Stop using it" : "Use it",
                              icon: Power,
                              run: () => void turn(model),
                            },
                          ]),
                    ]}
                  />
                )
              }
            />
          )}
        />
      </Section>
      {models.isPending ? <Skeleton className="h-96" /> : <AiLimits may={may} />}
      <ModelDialog key={edited?.id ?? "none"} model={edited} version={version} onClose={() => edit(undefined)} />
    </Page>
  );
}

/** What it costs, as people compare models: by the million tokens. */
function price(model: AiModel): string {
  if (model.input_cents == null || model.output_cents == null) return "price not known";
  if (model.input_cents === 0 && model.output_cents === 0) return "free";
  return `${money(model.input_cents)} in, ${money(model.output_cents)} out for a million tokens`;
}

function place(items: AiModel[], model: AiModel): string {
  return model.enabled ? `Number ${items.indexOf(model) + 1}` : "Not in use";
}
