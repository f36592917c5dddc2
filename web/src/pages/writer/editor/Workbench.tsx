/** The editor's page: the body and, beside it, all that belongs to it. */
import { ArrowLeft, Eye, Save } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, useBlocker } from "react-router";
import { useMay } from "@/api/query";
import { useRecentJobs, useSites } from "@/api/resources";
import type { ContentView } from "@/api/types";
import { isOpen } from "@/lib/jobs";
import { Button } from "@/ui/Button";
import { confirm, UNSAVED } from "@/ui/ConfirmDialog";
import { TextField } from "@/ui/Field";
import { failed, told } from "@/ui/ToastNotifications";
import { fileFor, usePicturesOf } from "../pictures/data";
import { publish } from "../publish";
import { useWantsReview } from "../review";
import { BlockErrors, fieldErrors } from "./BlockErrors";
import { BodyEditor, type GoTo } from "./BodyEditor";
import { ClaimsPanel } from "./ClaimsPanel";
import { Conflict } from "./Conflict";
import { DetailsPanel } from "./DetailsPanel";
import { countWords, plainBlock } from "./document";
import { JsonLd } from "./JsonLd";
import { PicturesPanel } from "./Pictures";
import { Preview } from "./Preview";
import { ProposalBanner } from "./Proposal";
import { Revisions } from "./Revisions";
import { Rewrite } from "./Rewrite";
import { SidePanel } from "./SidePanel";
import { StatusPanel } from "./StatusPanel";
import { StructurePanel } from "./StructurePanel";
import { ASSETS } from "./schema";
import { MOST, restore } from "./useContent";
import { useDraft } from "./useDraft";
import { Variations } from "./Variations";

export function Workbench({ loaded }: { loaded: ContentView }) {
  const draft = useDraft(loaded);
  const { base, fields, body, dirty, saving } = draft;
  const readOnly = !useMay("editor");
  const site = useSites().data?.find((one) => one.id === base.site_id);
  const wantsReview = useWantsReview(site);
  const [previewing, setPreviewing] = useState(false);
  const [job, setJob] = useState<string>();
  const [rewriting, setRewriting] = useState<string>();
  const jobs = useRecentJobs().data;
  const runs = (id: string | undefined) => jobs?.some((one) => one.id === id && isOpen(one)) ?? false;
  const publishing = runs(job);
  const writing = runs(rewriting);
  const goTo = useRef<GoTo>(() => undefined);
  const onReady = useCallback((go: GoTo) => {
    goTo.current = go;
  }, []);
  const words = useMemo(() => body.blocks.reduce((sum, one) => sum + countWords(plainBlock(one)), 0), [body]);
  const errors = fieldErrors(draft.error);
  const pictures = usePicturesOf(base.id, base.site_id);
  for (const picture of pictures.data ?? []) {
    const file = fileFor(picture, 768);
    if (file) ASSETS.set(`asset:${picture.id}`, file.url);
  }
  useLeaveGuard(dirty);
  useEffect(() => {
    document.title = `${base.title} · IGNY8`;
  }, [base.title]);

  const save = async () => {
    if (await draft.save()) told("Saved.");
  };
  useSaveKey(!readOnly && dirty && !saving ? save : undefined);
  const publishNow = async () => {
    if (dirty && !(await draft.save())) return;
    publish([base.id], site?.name ?? "the site", setJob);
  };
  const restoreOne = async (revision: number) => {
    const sure = await confirm({
      title: `Restore revision ${revision}?`,
      body: dirty
        ? "It becomes the newest revision. What you have not saved is lost; every saved revision stays."
        : "It becomes the newest revision. The others stay, so you can come back.",
      action: `Restore revision ${revision}`,
      danger: dirty,
    });
    if (!sure) return;
    try {
      draft.load(await restore(base.id, revision, base.version));
      told(`Revision ${revision} is the newest again.`);
    } catch (error) {
      failed(error);
    }
  };

  return (
    <div className="mx-auto w-full max-w-[90rem] px-4 pb-10 sm:px-6">
      <header className="sticky top-0 z-20 flex h-14 items-center gap-2 bg-page">
        <Link
          to="/writer/content"
          className="flex h-9 items-center gap-1.5 rounded-lg px-2 text-ink-soft hover:bg-sunk hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden />
          <span className="max-sm:sr-only">Content</span>
        </Link>
        <h1 className="sr-only">{base.title}</h1>
        <p aria-live="polite" className="min-w-0 flex-1 truncate text-[13px] text-ink-soft">
          {readOnly ? "You can read this, not change it." : saving ? "Saving…" : dirty ? "Not saved yet" : "All saved"}
        </p>
        <Button icon={Eye} onPress={() => setPreviewing(true)}>
          Preview
        </Button>
        {!readOnly && (
          <Button look="primary" icon={Save} busy={saving} isDisabled={!dirty} onPress={() => void save()}>
            Save
          </Button>
        )}
      </header>
      {draft.newer && !draft.theirs && (
        <p role="status" className="mb-3 flex flex-wrap items-center gap-3 rounded-lg bg-warn-soft px-4 py-2 text-warn">
          Someone saved a newer version of this.
          <Button size="sm" onPress={draft.look}>
            Compare both
          </Button>
        </p>
      )}
      <ProposalBanner content={base} dirty={dirty} readOnly={readOnly} taken={draft.load} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <TextField
            label="Title"
            // Long titles wrap; they are one line all the same.
            rows={1}
            value={fields.title}
            onChange={(value) => draft.set("title", value.replace(/\s*\n\s*/g, " "))}
            isReadOnly={readOnly}
            maxLength={MOST.title}
            error={errors.title}
          />
          <BlockErrors error={draft.error} body={body} goTo={(index) => goTo.current(index)} />
          <BodyEditor
            key={draft.generation}
            blocks={base.blocks}
            readOnly={readOnly}
            onChange={draft.setBody}
            onReady={onReady}
          />
          <StructurePanel
            data={draft.data}
            missing={base.missing}
            errors={errors}
            readOnly={readOnly}
            onChange={draft.setData}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <StatusPanel
            content={base}
            site={site}
            wantsReview={wantsReview}
            words={words}
            readOnly={readOnly}
            busy={saving}
            publishing={publishing}
            dirty={dirty}
            move={(to) => void draft.save(to)}
            publish={() => void publishNow()}
          />
          <PicturesPanel
            content={base}
            blocks={body.blocks}
            pictures={pictures}
            readOnly={readOnly}
            dirty={dirty}
            load={draft.load}
          />
          <SidePanel
            fields={fields}
            errors={errors}
            host={site?.domain ?? site?.host ?? "your site"}
            readOnly={readOnly}
            set={draft.set}
          />
          <DetailsPanel key={`${base.id} ${draft.generation}`} content={base} readOnly={readOnly} taken={draft.adopt} />
          {!readOnly && <Rewrite content={base} busy={writing} dirty={dirty} onStarted={setRewriting} />}
          <Variations content={base} readOnly={readOnly} dirty={dirty} taken={draft.load} />
          <ClaimsPanel
            key={(base.source_ids ?? []).join()}
            content={base}
            dirty={dirty}
            readOnly={readOnly}
            goTo={(index) => goTo.current(index)}
            changed={draft.load}
          />
          <JsonLd content={base} dirty={dirty} />
          <Revisions content={base} readOnly={readOnly} restore={restoreOne} />
        </div>
      </div>
      {previewing && <Preview content={base} unsaved={dirty} close={() => setPreviewing(false)} />}
      {draft.theirs && (
        <Conflict
          theirs={draft.theirs}
          mine={{ ...fields, blocks: body.blocks, structure_data: draft.data }}
          close={draft.closeConflict}
          load={() => draft.theirs && draft.load(draft.theirs)}
          overwrite={async () => {
            if (draft.theirs) await draft.overwrite(draft.theirs);
          }}
        />
      )}
    </div>
  );
}

/** Asks before what is not saved is left. */
function useLeaveGuard(dirty: boolean): void {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    void confirm(UNSAVED).then((yes) => (yes ? blocker.proceed() : blocker.reset()));
  }, [blocker]);
  useEffect(() => {
    if (!dirty) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", stay);
    return () => window.removeEventListener("beforeunload", stay);
  }, [dirty]);
}

/** Ctrl-S saves; it never opens the browser's own dialog. */
function useSaveKey(save: (() => Promise<void>) | undefined): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      void latest.current?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
