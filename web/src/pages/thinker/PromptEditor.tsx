/** One prompt: its text with the variables beside it, its versions, and the bench to try it on. */
import { RotateCcw, Sparkles } from "lucide-react";
import { useState } from "react";
import { useParams } from "react-router";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import type { PromptDetail } from "@/api/types";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { TextField } from "@/ui/Field";
import { InlineForm } from "@/ui/InlineForm";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { ErrorState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { Bench } from "./Bench";
import { DraftDialog } from "./DraftDialog";
import { fromAddress, usePrompt, useVersions } from "./resources";
import { Versions } from "./Versions";

export function PromptEditor() {
  const name = fromAddress(useParams().name ?? "");
  const prompt = usePrompt(name);
  const all = <LinkButton to="/thinker/prompts">All prompts</LinkButton>;
  if (prompt.error && !prompt.data) {
    return (
      <Page title="Prompt" actions={all}>
        <ErrorState error={prompt.error} again={() => void prompt.refetch()} />
      </Page>
    );
  }
  return (
    <Page title={prompt.data?.title ?? "Prompt"} intro={prompt.data?.about ?? "\u00a0"} actions={all}>
      {prompt.data ? <Desk key={name} prompt={prompt.data} /> : <Skeleton className="h-[40rem]" />}
    </Page>
  );
}

function Desk({ prompt }: { prompt: PromptDetail }) {
  const may = useMay("editor");
  const [text, setText] = useState(prompt.text);
  const [note, setNote] = useState("");
  const [drafting, setDrafting] = useState(false);
  const versions = useVersions(prompt.name);
  const submit = async () => {
    const request = { params: { path: { name: prompt.name } }, headers: ifMatch(prompt.version), body: { text, note } };
    const saved = (await call(api.PUT("/api/thinker/prompts/{name}", request))) as PromptDetail;
    setNote("");
    told(`Version ${saved.newest} is saved. Check it, then use it.`);
    invalidate("prompts");
  };
  return (
    <>
      <div className="grid items-start gap-4 lg:grid-cols-[1fr_20rem]">
        <Section
          title="Text"
          actions={
            <>
              <Badge tone={prompt.live == null ? "plain" : "brand"}>
                {prompt.live == null ? "Default in use" : `Version ${prompt.live} in use`}
              </Badge>
              {may && (
                <Button size="sm" icon={Sparkles} onPress={() => setDrafting(true)}>
                  Draft with AI
                </Button>
              )}
            </>
          }
        >
          <InlineForm action="Save as a new version" submit={submit} changed={text !== prompt.text} hidden={!may}>
            {(errors) => (
              <>
                <TextField
                  label="Template"
                  rows={18}
                  className="[&_textarea]:max-h-[70dvh] [&_textarea]:font-mono [&_textarea]:text-[13px]"
                  value={text}
                  onChange={setText}
                  isReadOnly={!may}
                  error={errors.text}
                  hint="Variables stand in double braces. What people wrote goes through “| data”, so that it cannot give orders."
                />
                {may && (
                  <TextField
                    label="What has changed"
                    value={note}
                    onChange={setNote}
                    maxLength={200}
                    error={errors.note}
                    hint="For the list of versions."
                  />
                )}
              </>
            )}
          </InlineForm>
        </Section>
        <Variables prompt={prompt} />
      </div>
      <Versions prompt={prompt} versions={versions} may={may} edit={setText} />
      {may && <Bench prompt={prompt} text={text} versions={versions.rows} />}
      {may && prompt.live != null && <Reset prompt={prompt} done={() => setText(prompt.default_text)} />}
      {drafting && (
        <DraftDialog
          kind="prompt"
          prompt={prompt.name}
          close={() => setDrafting(false)}
          take={(draft) => {
            setText(String(draft.text ?? ""));
            setNote(String(draft.note ?? ""));
          }}
        />
      )}
    </>
  );
}

function Variables({ prompt }: { prompt: PromptDetail }) {
  return (
    <Section title="Variables" intro="The names that the template may use.">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        aria-label="What each variable means"
        className="max-h-[34rem] overflow-y-auto pb-6 [mask-image:linear-gradient(to_bottom,black_calc(100%-2rem),transparent)]"
      >
        <dl className="flex flex-col gap-3">
          {prompt.variables.map((variable) => (
            <div key={variable.name}>
              <dt className="flex flex-wrap items-center gap-1.5">
                <code className="text-[13px] font-medium break-all">{variable.name}</code>
                <span className="text-xs text-ink-soft">{variable.kind}</span>
                {variable.required && <Badge tone="warn">Required</Badge>}
              </dt>
              <dd className="text-[13px] text-ink-soft">
                {variable.meaning}
                <code className="mt-0.5 block max-h-16 overflow-hidden text-xs break-all">
                  {JSON.stringify(variable.example)}
                </code>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </Section>
  );
}

function Reset({ prompt, done }: { prompt: PromptDetail; done: () => void }) {
  const reset = async () => {
    const yes = await confirm({
      title: "Go back to the default?",
      body: "The AI is asked with the text that comes with IGNY8 then. Your versions stay in the list.",
      action: "Use the default",
    });
    if (!yes) return;
    const request = { params: { path: { name: prompt.name } }, headers: ifMatch(prompt.version) };
    try {
      await call(api.DELETE("/api/thinker/prompts/{name}", request));
      done();
      told("The default is in use again.");
    } catch (error) {
      failed(error);
    }
    invalidate("prompts");
  };
  return (
    <Section title="Back to the default" intro="Your versions stay, and none of them is in use.">
      <Button icon={RotateCcw} onPress={() => void reset()}>
        Use the default
      </Button>
    </Section>
  );
}
