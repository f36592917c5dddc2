/** Strategies: how texts of a sector and a kind should be built. The narrower one decides. */
import { Compass, Pencil, Plus, Sparkles, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Strategy, StrategyInput } from "@/api/types";
import { number, words } from "@/lib/format";
import { ENTITY_TYPES, entityName, options, STRUCTURES } from "@/lib/kinds";
import { linesOf } from "@/pages/planner/lines";
import { act } from "@/pages/settings/resources";
import { RowActions } from "@/ui/ActionButtons";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { NumberField, Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { EmptyState } from "@/ui/states";
import { told } from "@/ui/ToastNotifications";
import { DraftDialog } from "./DraftDialog";
import { useModels, useProfiles, useStrategies } from "./resources";
import { useSectors } from "./sectors";

type Of = { strategy?: Strategy; draft?: Partial<StrategyInput> };
type Open = { of: Of; key: string };

export function Strategies() {
  const may = useMay("editor");
  const strategies = useStrategies();
  const { site } = useSite();
  const sectors = useSectors(site?.id);
  const [open, setOpen] = useState<Open>();
  const [drafting, setDrafting] = useState(false);
  const remove = async (strategy: Strategy) => {
    const yes = await confirm({
      title: `Delete ${strategy.name}?`,
      body: "The next wider strategy decides then. Tasks that are there stay as they are.",
      action: `Delete ${strategy.name}`,
      danger: true,
    });
    if (!yes) return;
    const request = { params: { path: { id: strategy.id } }, headers: ifMatch(strategy.version) };
    await act(
      () => call(api.DELETE("/api/thinker/strategies/{id}", request)),
      `${strategy.name} is deleted.`,
      "strategies",
    );
  };
  const sectorName = (id: string) => sectors.find((one) => one.id === id)?.name ?? "A sector of another site";
  const add = (
    <Button look="primary" icon={Plus} onPress={() => setOpen({ key: "new", of: {} })}>
      Add strategy
    </Button>
  );
  return (
    <Page
      narrow
      title="Strategies"
      intro="How texts should be: structure, length, author. What a task says itself comes first, then the strategy that fits it most closely: its sector and kind, its sector, its kind, everything."
      actions={
        may && (
          <>
            <Button icon={Sparkles} onPress={() => setDrafting(true)}>
              Draft with AI
            </Button>
            {add}
          </>
        )
      }
    >
      <Section flush title="Strategies">
        <RowList
          label="Strategies"
          items={strategies.rows}
          state={strategies}
          empty={
            <EmptyState icon={Compass} title="No strategies yet" action={may && add}>
              Without one, texts are as their ideas propose.
            </EmptyState>
          }
          row={(strategy) => (
            <Row
              key={strategy.id}
              title={strategy.name}
              note={says(strategy)}
              badges={
                <>
                  {strategy.sector_id && <Badge>{sectorName(strategy.sector_id)}</Badge>}
                  <Badge tone="brand">{strategy.entity_type ? entityName(strategy.entity_type) : "All kinds"}</Badge>
                </>
              }
              actions={
                may && (
                  <RowActions
                    label={`Actions for ${strategy.name}`}
                    entries={[
                      {
                        id: "edit",
                        label: "Edit",
                        icon: Pencil,
                        run: () => setOpen({ of: { strategy }, key: strategy.id }),
                      },
                      { id: "delete", label: "Delete", icon: Trash2, danger: true, run: () => void remove(strategy) },
                    ]}
                  />
                )
              }
            />
          )}
        />
      </Section>
      {open && <StrategyForm key={open.key} {...open.of} close={() => setOpen(undefined)} />}
      {drafting && (
        <DraftDialog
          kind="strategy"
          close={() => setDrafting(false)}
          take={(draft) => setOpen({ of: { draft: draft as Partial<StrategyInput> }, key: "draft" })}
        />
      )}
    </Page>
  );
}

function says(strategy: Strategy): string {
  const sections = strategy.sections ?? [];
  const parts = [
    strategy.structure && words(strategy.structure),
    strategy.words && `${number(strategy.words)} words`,
    sections.length > 0 && `with ${sections.join(", ")}`,
    strategy.model,
  ];
  return parts.filter(Boolean).join(" · ");
}

function StrategyForm({ strategy, draft, close }: Of & { close: () => void }) {
  const from = strategy ?? draft;
  const { site } = useSite();
  const sectors = useSectors(site?.id);
  const profiles = useProfiles().rows;
  const models = useModels();
  const [form, setForm] = useState({
    name: from?.name ?? "",
    sector_id: from?.sector_id ?? "",
    entity_type: from?.entity_type ?? "",
    structure: from?.structure ?? "",
    sections: (from?.sections ?? []).join("\n"),
    words: from?.words ?? Number.NaN,
    model: from?.model ?? "",
    author_profile_id: from?.author_profile_id ?? "",
  });
  const [version] = useState(strategy?.version ?? 0);
  const submit = async () => {
    const body: StrategyInput = {
      name: form.name,
      sector_id: form.sector_id || null,
      entity_type: form.entity_type || null,
      structure: form.structure || null,
      sections: linesOf(form.sections),
      words: Number.isNaN(form.words) ? null : form.words,
      model: form.model || null,
      author_profile_id: form.author_profile_id || null,
    };
    if (strategy) {
      const request = { params: { path: { id: strategy.id } }, headers: ifMatch(version), body };
      await call(api.PUT("/api/thinker/strategies/{id}", request));
    } else {
      await call(api.POST("/api/thinker/strategies", { body }));
    }
    told(`${form.name.trim()} is saved.`);
    invalidate("strategies");
  };
  return (
    <FormModal
      title={strategy ? `Edit ${strategy.name}` : "Add strategy"}
      action={strategy ? "Save" : "Add strategy"}
      isOpen
      width="lg"
      onClose={close}
      submit={submit}
      values={form}
    >
      {(errors) => {
        const of = <Name extends keyof typeof form>(name: Name) => ({
          value: form[name],
          onChange: (value: (typeof form)[Name]) => setForm({ ...form, [name]: value }),
          error: errors[name],
        });
        return (
          <>
            <TextField label="Name" isRequired autoFocus maxLength={100} {...of("name")} />
            {!strategy && (
              <div className="grid gap-4 sm:grid-cols-2">
                <Select
                  label={site ? `Sector of ${site.name}` : "Sector"}
                  none="All sectors"
                  options={sectors.map(({ id, name }) => ({ id, name }))}
                  {...of("sector_id")}
                />
                <Select
                  label="Kind"
                  none="All kinds"
                  options={options(ENTITY_TYPES, entityName)}
                  {...of("entity_type")}
                />
              </div>
            )}
            <div className="grid gap-4 sm:grid-cols-2">
              <Select label="Structure" none="As proposed" options={options(STRUCTURES)} {...of("structure")} />
              <NumberField
                label="Words"
                minValue={200}
                maxValue={5000}
                placeholder="As proposed"
                hint="200 to 5,000"
                {...of("words")}
              />
            </div>
            <TextField
              label="Sections"
              rows={3}
              {...of("sections")}
              error={errors.sections ?? errors["sections[0]"]}
              hint="Headings that each text has besides its own outline; one per line, at most 6."
            />
            <Select
              label="Author"
              none="None"
              options={profiles.map(({ id, name }) => ({ id, name }))}
              {...of("author_profile_id")}
            />
            {models.length > 1 && (
              <Select
                label="Model"
                none="The usual one"
                options={models.map((id) => ({ id, name: id }))}
                {...of("model")}
              />
            )}
          </>
        );
      }}
    </FormModal>
  );
}
