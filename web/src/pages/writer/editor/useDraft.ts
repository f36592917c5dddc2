/**
 * What is being edited, beside what is saved: whether they differ, saving with the version that the changes are of, and
 * what to do when somebody else saved in between.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/problem";
import type { Block, ContentStatus, ContentView, StructureData } from "@/api/types";
import { failed } from "@/ui/ToastNotifications";
import type { Body } from "./BodyEditor";
import { blocksOf, documentOf, stable } from "./document";
import { type ContentChange, change, changesOf, FIELDS, type Field, fieldsOf, readContent } from "./useContent";

const bodyOf = (content: ContentView): Body => blocksOf(documentOf(content.blocks));

/** The same text in two states: only its status or its places changed. */
const sameText = (a: ContentView, b: ContentView) => a.revision === b.revision && a.slug === b.slug;

export function useDraft(loaded: ContentView) {
  const [base, setBase] = useState(loaded);
  const [fields, setFields] = useState(() => fieldsOf(loaded));
  const [body, setBody] = useState(() => bodyOf(loaded));
  /** What its kind has beside the body. */
  const [data, setData] = useState(loaded.structure_data);
  /** The body as it was last loaded or saved, as the editor writes it. */
  const [clean, setClean] = useState(() => stable(body.blocks));
  /** Grows when the editor must begin anew with `base`. */
  const [generation, setGeneration] = useState(0);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>();
  const [theirs, setTheirs] = useState<ContentView>();

  const bodyDirty = stable(body.blocks) !== clean;
  const dataDirty = stable(data) !== stable(base.structure_data);
  const dirty = bodyDirty || dataDirty || FIELDS.some((name) => fields[name] !== base[name]);
  const newer = loaded.version > base.version && !sameText(loaded, base);

  const load = useCallback((content: ContentView) => {
    const fresh = bodyOf(content);
    setBase(content);
    setFields(fieldsOf(content));
    setBody(fresh);
    setData(content.structure_data);
    setClean(stable(fresh.blocks));
    setError(undefined);
    setTheirs(undefined);
    setGeneration((before) => before + 1);
  }, []);

  // A job or another tab changed it: taken over at once unless that would touch what is being edited.
  useEffect(() => {
    if (saving || loaded.version <= base.version) return;
    if (sameText(loaded, base)) setBase(loaded);
    else if (!dirty) load(loaded);
  }, [loaded, base, dirty, saving, load]);

  /** Sends changes; answers the new state, or nothing when it did not come to that (the reason is on screen). */
  const send = async (changes: ContentChange, version: number, text: Block[]): Promise<ContentView | undefined> => {
    setSaving(true);
    setError(undefined);
    const sent = stable(text);
    try {
      const saved = await change(base.id, changes, version);
      setBase(saved);
      // What the server tidied (spaces at the ends of a title) is shown; what was typed meanwhile stays.
      setFields((now) => {
        const next = { ...now };
        for (const name of FIELDS) if (changes[name] != null && now[name] === changes[name]) next[name] = saved[name];
        return next;
      });
      if (changes.blocks) setClean(sent);
      const given = changes.structure_data;
      if (given) setData((now) => (stable(now) === stable(given) ? saved.structure_data : now));
      setTheirs(undefined);
      return saved;
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.code === "version_mismatch")
        return await resolve(changes, version, text);
      setError(thrown);
      if (!(thrown instanceof ApiError) || Object.keys(thrown.fields).length === 0) failed(thrown);
      return undefined;
    } finally {
      setSaving(false);
    }
  };

  /** The version was not the newest: tried again when the text is the same, else asked. */
  const resolve = async (changes: ContentChange, version: number, text: Block[]): Promise<ContentView | undefined> => {
    try {
      const newest = await readContent(base.id);
      if (sameText(newest, base) && newest.version > version) return await send(changes, newest.version, text);
      setTheirs(newest);
    } catch (thrown) {
      failed(thrown);
    }
    return undefined;
  };

  const latest = useRef({ fields, body, data });
  latest.current = { fields, body, data };

  const save = (status?: ContentStatus) => {
    const now = latest.current;
    const changes = changesOf(
      base,
      now.fields,
      bodyDirty ? now.body.blocks : undefined,
      dataDirty ? now.data : undefined,
    );
    return send(status ? { ...changes, status } : changes, base.version, now.body.blocks);
  };

  return {
    base,
    fields,
    body,
    data,
    generation,
    dirty,
    saving,
    error,
    newer,
    theirs,
    setBody,
    setData: (next: StructureData) => setData(next),
    set: (name: Field, value: string) => setFields((before) => ({ ...before, [name]: value })),
    save,
    load,
    /** Takes over a state whose text is the same: what is being edited stays. */
    adopt: setBase,
    /** Saves all of what is here over the newer version. */
    overwrite: async (newest: ContentView) => {
      const now = latest.current;
      await send({ ...now.fields, blocks: now.body.blocks, structure_data: now.data }, newest.version, now.body.blocks);
    },
    look: () => setTheirs(loaded),
    closeConflict: () => setTheirs(undefined),
  };
}
