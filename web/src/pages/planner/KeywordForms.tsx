/** What is asked before many keywords are changed alike, or moved. */
import { useState } from "react";
import { ApiError } from "@/api/problem";
import type { Cluster, Intent, Keyword, KeywordUpdate, Site } from "@/api/types";
import { count, words } from "@/lib/format";
import { NumberField, Select } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { clusterOptions, useSectors } from "./data";
import { changeKeywords } from "./keywordActions";
import { INTENTS } from "./keywordList";

/** The value of a choice that leaves each keyword what it has, and of the one that takes it away. */
const AS_IT_IS = "";
const NONE = "none";

type Run = (work: (rows: Keyword[]) => Promise<ReadonlySet<string>>, rows: Keyword[]) => Promise<void>;

/** The change of a form; what was left alone is not in it. */
export function changeOf(form: {
  intent: string;
  sector: string;
  volume: number;
  difficulty: number;
  cpc: number;
}): KeywordUpdate {
  const change: KeywordUpdate = {};
  if (form.intent !== AS_IT_IS) change.intent = form.intent === NONE ? null : (form.intent as Intent);
  if (form.sector !== AS_IT_IS) change.sector_id = form.sector === NONE ? null : form.sector;
  if (!Number.isNaN(form.volume)) change.volume = form.volume;
  if (!Number.isNaN(form.difficulty)) change.difficulty = form.difficulty;
  if (!Number.isNaN(form.cpc)) change.cpc = form.cpc;
  return change;
}

/** One change for all chosen keywords. */
export function EditKeywords({
  site,
  chosen,
  run,
  onClose,
}: {
  site: Site;
  chosen: Keyword[];
  run: Run;
  onClose: () => void;
}) {
  // Those that were chosen when it was opened: they are chosen no more once they are changed.
  const [rows] = useState(chosen);
  const sectors = useSectors(site.id).data;
  const [intent, setIntent] = useState(AS_IT_IS);
  const [sector, setSector] = useState(AS_IT_IS);
  const [volume, setVolume] = useState(Number.NaN);
  const [difficulty, setDifficulty] = useState(Number.NaN);
  const [cpc, setCpc] = useState(Number.NaN);
  const change = changeOf({ intent, sector, volume, difficulty, cpc });
  const isEmpty = Object.keys(change).length === 0;
  return (
    <FormModal
      title={`Edit ${count(rows.length, "keyword")}`}
      action="Save"
      isOpen
      onClose={onClose}
      values={change}
      submit={async () => {
        if (isEmpty)
          throw new ApiError({ status: 422, code: "invalid", detail: "Choose at least one thing to change." });
        await run((some) => changeKeywords(some, change, "changed"), rows);
      }}
    >
      {() => (
        <>
          <p className="text-ink-soft">What you leave empty stays as it is in each keyword.</p>
          <div className="grid gap-4 sm:grid-cols-2">
            <Select
              label="Intent"
              none="As it is"
              options={[...INTENTS.map((id) => ({ id, name: words(id) })), { id: NONE, name: "Unknown" }]}
              value={intent}
              onChange={setIntent}
            />
            {sectors && sectors.length > 0 && (
              <Select
                label="Sector"
                none="As it is"
                options={[...sectors.map(({ id, name }) => ({ id, name })), { id: NONE, name: "No sector" }]}
                value={sector}
                onChange={setSector}
              />
            )}
          </div>
          <div className="grid gap-4 sm:grid-cols-3">
            <NumberField label="Volume" minValue={0} maxValue={1e12} value={volume} onChange={setVolume} />
            <NumberField label="Difficulty" minValue={0} maxValue={100} value={difficulty} onChange={setDifficulty} />
            <NumberField
              label="CPC"
              minValue={0}
              maxValue={100_000}
              step={0.01}
              value={cpc}
              onChange={setCpc}
              hint="For example 1.25"
            />
          </div>
        </>
      )}
    </FormModal>
  );
}

/** Moves the chosen keywords to a cluster, or out of theirs. */
export function MoveKeywords({
  chosen,
  clusters,
  run,
  onClose,
}: {
  chosen: Keyword[];
  clusters: Cluster[] | undefined;
  run: Run;
  onClose: () => void;
}) {
  const [rows] = useState(chosen);
  const [to, setTo] = useState("");
  const names = clusterOptions(
    clusters?.filter((one) => !one.merging_into),
    undefined,
  );
  return (
    <FormModal
      title={`Move ${count(rows.length, "keyword")}`}
      action="Move"
      width="sm"
      isOpen
      onClose={onClose}
      values={to}
      submit={() => run((some) => changeKeywords(some, { cluster_id: to || null }, "moved"), rows)}
    >
      {() => (
        <Select
          label="To which cluster"
          none="No cluster"
          options={names}
          value={to}
          onChange={setTo}
          hint={
            to
              ? "Ideas and articles stay with the cluster that they were made for."
              : "Without a cluster they are new again, and can be clustered anew."
          }
        />
      )}
    </FormModal>
  );
}
