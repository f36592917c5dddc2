/** Models for pictures, tried side by side: one prompt, a picture by each, with what it cost and how long it took. */
import { Play } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Picture, Site, TestedPicture } from "@/api/types";
import { money } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Field";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { spend } from "@/ui/spend";
import { ErrorState, Skeleton } from "@/ui/states";
import { NoSite } from "../writer/NoSite";
import { fileFor, usePictures } from "../writer/pictures/data";
import { isOver, useImageModels, useTrial } from "./resources";

/** What the server takes. */
const SHORTEST = 5;
const LONGEST = 1_000;
const EXAMPLE = "A worn brake pad beside a new one on a workbench, in soft daylight, no text";

export function PictureBench() {
  const { site, loading, error, again } = useSite();
  return (
    <Page
      title="Picture models"
      intro="Which model draws for you? Have one prompt drawn by two of them and look at both. Each picture costs 1 credit and belongs to no article."
    >
      {site ? (
        <OfSite key={site.id} site={site} />
      ) : loading ? (
        <Skeleton className="h-96" />
      ) : (
        <NoSite error={error} again={again} />
      )}
    </Page>
  );
}

function OfSite({ site }: { site: Site }) {
  const may = useMay("editor");
  const models = useImageModels();
  const pictures = usePictures(site.id, { source: "generated" });
  const [prompt, setPrompt] = useState(EXAMPLE);
  const [first, setFirst] = useState<string>();
  const [second, setSecond] = useState<string>();
  const [job, setJob] = useState<string>();
  if (models.error && !models.data) return <ErrorState error={models.error} again={() => void models.refetch()} />;
  // With the prompts that can be taken, or they would push down what is below them.
  if (!models.data || pictures.loading) return <Skeleton className="h-96" />;
  if (!may) return <p className="text-ink-soft">Trying models costs credits; an editor can do it.</p>;
  const all = models.data.models;
  const one = first ?? all[0] ?? "";
  const other = second ?? all[1] ?? "";
  const asked = [one, other].filter((model, n, both) => model !== "" && both.indexOf(model) === n);
  const options = all.map((id) => ({ id, name: id }));
  const length = [...prompt.trim()].length;
  const wrong = length < SHORTEST || length > LONGEST;
  const run = () =>
    spend({
      title: "Try picture models",
      what: asked.length === 2 ? "The prompt is drawn once by each of two models." : "The prompt is drawn once.",
      noun: "picture",
      order: { path: "/api/thinker/test-images", body: { site_id: site.id, prompt: prompt.trim(), models: asked } },
      onStarted: setJob,
    });
  return (
    <>
      <Section title="What to draw">
        <div className="flex flex-col gap-4">
          <FromPlanned pictures={pictures.rows} take={setPrompt} />
          <TextField
            label="Prompt"
            rows={4}
            value={prompt}
            onChange={setPrompt}
            error={wrong ? `Use ${SHORTEST} to ${LONGEST} characters.` : undefined}
            hint="What the picture shows, in plain words."
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <Select label="First model" options={options} value={one} onChange={setFirst} />
            {all.length > 1 && (
              <Select label="Second model" options={options} value={other} onChange={setSecond} none="None" />
            )}
          </div>
          <Button className="self-start" icon={Play} isDisabled={wrong || asked.length === 0} onPress={run}>
            Draw
          </Button>
        </div>
      </Section>
      {job && <Outcome key={job} id={job} prompt={prompt.trim()} />}
    </>
  );
}

/** The prompts of pictures that are planned or made: what models will really be asked. */
function FromPlanned({ pictures, take }: { pictures: Picture[]; take: (prompt: string) => void }) {
  const [chosen, choose] = useState("");
  if (pictures.length === 0) return null;
  return (
    <Select
      label="Take the prompt of a picture"
      none="Write one below"
      options={pictures.map((picture) => ({ id: picture.id, name: picture.alt || picture.prompt }))}
      value={chosen}
      onChange={(id) => {
        choose(id);
        const picture = pictures.find((one) => one.id === id);
        if (picture) take(picture.prompt);
      }}
    />
  );
}

function Outcome({ id, prompt }: { id: string; prompt: string }) {
  const [drawn] = useState(prompt);
  const trial = useTrial(id);
  if (trial.error && !trial.data) return <ErrorState error={trial.error} again={() => void trial.refetch()} />;
  const over = trial.data ? isOver(trial.data) : false;
  const pictures = trial.data?.pictures ?? [];
  return (
    <Section title="Side by side">
      <div role="status" className="sr-only">
        {over ? "The pictures are there." : "The pictures are being drawn."}
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        {pictures.map((picture) => (
          <Tried key={picture.model} picture={picture} prompt={drawn} over={over} />
        ))}
        {pictures.length === 0 && <Skeleton className="aspect-3/2" />}
      </div>
    </Section>
  );
}

function Tried({ picture, prompt, over }: { picture: TestedPicture; prompt: string; over: boolean }) {
  const file = fileFor(picture, 768);
  const largest = picture.addresses.at(-1);
  return (
    <figure className="flex min-w-0 flex-col gap-2">
      {file ? (
        <a href={largest?.url} target="_blank" rel="noreferrer">
          <img
            src={file.url}
            alt={`${prompt}, by ${picture.model}`}
            width={file.width}
            height={file.height}
            className="aspect-3/2 w-full rounded-lg bg-sunk object-cover"
          />
        </a>
      ) : over ? (
        <p className="text-bad">{picture.error ?? "There is no picture. Nothing was charged for it."}</p>
      ) : (
        <Skeleton className="aspect-3/2" />
      )}
      <figcaption className="text-[13px] break-words text-ink-soft">
        {[picture.model, ...facts(picture)].join(" · ")}
      </figcaption>
    </figure>
  );
}

/** "1536 × 1024", "4.2 seconds", "$0.0400"; only what is known. */
export function facts(picture: Pick<TestedPicture, "width" | "height" | "took_ms" | "cost_microcents">): string[] {
  const known: string[] = [];
  if (picture.width > 0) known.push(`${picture.width} × ${picture.height}`);
  if (picture.took_ms != null) known.push(`${(picture.took_ms / 1000).toFixed(1)} seconds`);
  if (picture.cost_microcents != null) known.push(money(picture.cost_microcents / 1_000_000, 4));
  return known;
}
