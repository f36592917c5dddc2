/** The versions of a prompt: what changed, how each does on the golden set, and which one is in use. */
import { Check, FlaskConical, RotateCcw } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, type List, useMay } from "@/api/query";
import type { PromptDetail, PromptVersion } from "@/api/types";
import { moment } from "@/lib/format";
import { steps } from "@/pages/writer/editor/diff";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { spend } from "@/ui/spend";
import { ErrorState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { Golden, STATUS } from "./Golden";
import { useVersion } from "./resources";

export function Versions({
  prompt,
  versions,
  may,
  edit,
}: {
  prompt: PromptDetail;
  versions: List<PromptVersion>;
  may: boolean;
  edit: (text: string) => void;
}) {
  const [open, setOpen] = useState<number>();
  return (
    <Section flush title="Versions" intro="A saved text is a draft until it is checked and used.">
      <RowList
        label="Versions"
        items={versions.rows}
        state={versions}
        places={1}
        empty={<p className="border-t border-line px-5 py-4 text-ink-soft">No versions yet: the default is in use.</p>}
        row={(version) => (
          <Row
            key={version.number}
            title={`Version ${version.number}`}
            note={[version.note, moment(version.created_at)].filter(Boolean).join(" · ")}
            badges={version.number === prompt.live && <Badge tone="good">In use</Badge>}
            actions={
              <Button size="sm" look="quiet" onPress={() => setOpen(version.number)}>
                View<span className="sr-only"> version {version.number}</span>
              </Button>
            }
          />
        )}
      />
      {open !== undefined && (
        <VersionDialog
          prompt={prompt}
          number={open}
          versions={versions.rows}
          may={may}
          close={() => setOpen(undefined)}
          edit={edit}
        />
      )}
    </Section>
  );
}

function VersionDialog({
  prompt,
  number,
  versions,
  may,
  close,
  edit,
}: {
  prompt: PromptDetail;
  number: number;
  versions: PromptVersion[];
  may: boolean;
  close: () => void;
  edit: (text: string) => void;
}) {
  const isAdmin = useMay("admin");
  const version = useVersion(prompt.name, number);
  const [against, setAgainst] = useState("live");
  const [busy, setBusy] = useState(false);
  const other = useVersion(prompt.name, Number(against) || 0);
  const texts: Record<string, string | undefined> = { live: prompt.text, default: prompt.default_text };
  const before = texts[against] ?? other.data?.text;
  const status = version.data?.golden.status;
  const params = { path: { name: prompt.name, n: number } };
  const headers = ifMatch(prompt.version);
  const act = async (deed: () => Promise<PromptDetail>, done: (after: PromptDetail) => string) => {
    setBusy(true);
    try {
      const after = await deed();
      edit(after.text);
      told(done(after));
      close();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
      invalidate("prompts");
    }
  };
  const use = async () => {
    const overrule = status !== "good";
    const sure = await confirm({
      title: `Use version ${number}?`,
      body: overrule
        ? "It was not found good: texts may get worse from now on. That you decided so is kept on record."
        : "From now on the AI is asked with it. You can go back at any time.",
      action: overrule ? "Use it all the same" : "Use it",
      danger: overrule,
    });
    if (!sure) return;
    const path = "/api/thinker/prompts/{name}/versions/{n}/activate";
    const deed = () => call(api.POST(path, { params, headers, body: { overrule } })) as Promise<PromptDetail>;
    await act(deed, () => `Version ${number} is in use.`);
  };
  const restore = () => {
    const path = "/api/thinker/prompts/{name}/versions/{n}/restore";
    const deed = () => call(api.POST(path, { params, headers })) as Promise<PromptDetail>;
    return act(deed, (after) => `Its text is version ${after.newest} now. Check it, then use it.`);
  };
  const check = () => {
    close();
    spend({
      title: `Check version ${number}`,
      what: "The same questions are asked with this version and with the text in use, and the answers are compared.",
      noun: "question",
      order: { path: `/api/thinker/prompts/${prompt.name}/versions/${number}/check`, body: {} },
    });
  };
  const mayUse = version.data && !version.data.live && (status === "good" || isAdmin);
  return (
    <Dialog
      title={`Version ${number} of ${prompt.title}`}
      isOpen
      width="lg"
      onClose={close}
      footer={
        may &&
        version.data && (
          <>
            {number < prompt.newest && (
              <Button icon={RotateCcw} busy={busy} onPress={() => void restore()}>
                Restore
              </Button>
            )}
            {!version.data.live && (
              <Button icon={FlaskConical} look={status === "unchecked" ? "primary" : "plain"} onPress={check}>
                {status === "unchecked" ? "Check" : "Check again"}
              </Button>
            )}
            {mayUse && (
              <Button
                icon={Check}
                look={status === "good" ? "primary" : "danger"}
                busy={busy}
                onPress={() => void use()}
              >
                {status === "good" ? "Use it" : "Use it all the same"}
              </Button>
            )}
          </>
        )
      }
    >
      {version.error && !version.data ? (
        <ErrorState error={version.error} again={() => void version.refetch()} />
      ) : version.data ? (
        <div className="flex flex-col gap-4">
          <p className="flex flex-wrap items-center gap-2">
            {version.data.live ? <Badge tone="good">In use</Badge> : STATUS[version.data.golden.status]}
            <span className="text-ink-soft">{version.data.note}</span>
          </p>
          {!version.data.live && <Golden run={version.data.golden} />}
          <Select
            label="Compare with"
            value={against}
            onChange={setAgainst}
            options={[
              { id: "live", name: "The text in use" },
              { id: "default", name: "The default" },
              ...versions
                .filter((one) => one.number !== number)
                .map((one) => ({ id: String(one.number), name: `Version ${one.number}` })),
            ]}
          />
          {before === undefined ? <Skeleton className="h-40" /> : <Diff before={before} after={version.data.text} />}
        </div>
      ) : (
        <Skeleton className="h-64" />
      )}
    </Dialog>
  );
}

const LOOK = { same: "text-ink-soft", added: "bg-good-soft text-good", removed: "bg-bad-soft text-bad line-through" };
const MARK = { same: " ", added: "+", removed: "−" };

/** Line by line: what is in one text and not in the other. */
function Diff({ before, after }: { before: string; after: string }) {
  const lines = steps(before.split("\n"), after.split("\n"), (line) => line);
  if (lines.every((line) => line.kind === "same")) return <p className="text-ink-soft">The texts are the same.</p>;
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      aria-label="Changes, line by line"
      className="max-h-96 overflow-auto rounded-lg border border-line py-2"
    >
      <pre className="text-xs break-words whitespace-pre-wrap">
        {lines.map((line, at) => (
          <div key={at} className={`px-3 ${LOOK[line.kind]}`}>
            {MARK[line.kind]} {line.value}
          </div>
        ))}
      </pre>
    </section>
  );
}
