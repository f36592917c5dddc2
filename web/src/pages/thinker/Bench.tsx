/** The test bench: a prompt asked with some variables, once or two ways side by side. */
import { Play } from "lucide-react";
import { useState } from "react";
import type { PromptDetail, PromptVersion, TestRequest } from "@/api/types";
import { money, number } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Field";
import { Section } from "@/ui/Section";
import { spend } from "@/ui/spend";
import { ErrorState, Skeleton } from "@/ui/states";
import { isOver, useModels, useTrial } from "./resources";
import { examplesOf, parsed } from "./variables";

export function Bench({ prompt, text, versions }: { prompt: PromptDetail; text: string; versions: PromptVersion[] }) {
  const [variables, setVariables] = useState(() => examplesOf(prompt.variables));
  const { value, error } = parsed(variables);
  const common = { prompt, text, versions, variables: value };
  return (
    <Section
      title="Try it"
      intro="Ask once with the text as it stands above, a version, or what is in use; on the right the same question another way. It costs what an answer costs."
    >
      <div className="flex flex-col gap-4">
        <TextField
          label="Variables"
          rows={5}
          className="[&_textarea]:font-mono [&_textarea]:text-[13px]"
          value={variables}
          onChange={setVariables}
          error={error}
          hint="As JSON. What you leave out takes its example."
        />
        <div className="grid gap-4 lg:grid-cols-2">
          <Side name="First" first="text" {...common} />
          <Side name="Second" first="live" {...common} />
        </div>
      </div>
    </Section>
  );
}

function Side({
  name,
  first,
  prompt,
  text,
  versions,
  variables,
}: {
  name: string;
  first: string;
  prompt: PromptDetail;
  text: string;
  versions: PromptVersion[];
  variables: Record<string, unknown> | undefined;
}) {
  const [which, setWhich] = useState(first);
  const [model, setModel] = useState("");
  const [job, setJob] = useState<string>();
  const models = useModels();
  const sent = variables as TestRequest["variables"];
  const body: TestRequest = { function: prompt.name, variables: sent, model: model || null };
  if (which === "text") body.prompt = text;
  else if (which !== "live") body.version = Number(which);
  const run = () =>
    spend({
      title: "Try the prompt",
      what: `The AI is asked once: ${prompt.title.toLowerCase()}.`,
      noun: "answer",
      order: { path: "/api/thinker/test", body },
      onStarted: setJob,
    });
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <Select
          label={`${name} text`}
          className="min-w-40 flex-1"
          value={which}
          onChange={setWhich}
          options={[
            { id: "text", name: "As it stands above" },
            { id: "live", name: "In use" },
            ...versions.map((one) => ({ id: String(one.number), name: `Version ${one.number}` })),
          ]}
        />
        {models.length > 1 && (
          <Select
            label={`${name} model`}
            className="min-w-32 flex-1"
            value={model}
            onChange={setModel}
            none="The usual one"
            options={models.map((id) => ({ id, name: id }))}
          />
        )}
        <Button icon={Play} isDisabled={variables === undefined} onPress={run}>
          Ask<span className="sr-only"> with the {name.toLowerCase()} text</span>
        </Button>
      </div>
      {job && <Outcome id={job} />}
    </div>
  );
}

function Outcome({ id }: { id: string }) {
  const trial = useTrial(id);
  if (trial.error && !trial.data) return <ErrorState error={trial.error} again={() => void trial.refetch()} />;
  const test = trial.data?.test;
  if (!trial.data || !isOver(trial.data)) return <Skeleton className="h-40" />;
  if (!test) return <p className="text-bad">There is no answer. The job says why; nothing was charged.</p>;
  const cost = test.cost_microcents == null ? "cost not known" : money(test.cost_microcents / 1_000_000, 4);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-[13px] text-ink-soft">
        {test.model} · {number(test.tokens_in)} tokens in, {number(test.tokens_out)} out · {cost}
      </p>
      {test.problem && <p className="text-bad">The answer cannot be read: {test.problem}</p>}
      {test.parsed != null && <Text title="Answer as it is read" text={JSON.stringify(test.parsed, null, 2)} open />}
      <Text title="Answer as it came" text={test.raw} open={test.parsed == null} />
      <Text title="What was asked" text={`${test.system}\n\n${test.user}`} />
    </div>
  );
}

function Text({ title, text, open }: { title: string; text: string; open?: boolean }) {
  return (
    <details open={open} className="rounded-lg border border-line">
      <summary className="cursor-pointer px-3 py-2 text-[13px] font-medium">{title}</summary>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        aria-label={title}
        className="max-h-96 overflow-auto border-t border-line px-3 py-2"
      >
        <pre className="text-xs break-words whitespace-pre-wrap">{text}</pre>
      </section>
    </details>
  );
}
