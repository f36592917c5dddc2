/** One picture of the grid: how far it is, its alt text, and what can be done with it. */
import { MoreHorizontal, PencilLine, RefreshCw, Sparkles, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Picture } from "@/api/types";
import { Badge } from "@/ui/Badge";
import { Button, ICON_BUTTON } from "@/ui/Button";
import { Checkbox, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { MenuButton } from "@/ui/Menu";
import { failed, told } from "@/ui/ToastNotifications";
import { AltText } from "./AltText";
import {
  change,
  feature,
  isAtWork,
  isMakeable,
  isUsable,
  make,
  nameOf,
  ROLES,
  remove,
  STATUSES,
  stateOf,
} from "./data";
import { Thumb } from "./Thumb";

const TONES = { ready: "good", failed: "bad", queued: "brand", generating: "brand" } as const;

export function PictureCard({
  picture,
  open,
  may,
  chosen,
  choose,
}: {
  picture: Picture;
  /** The jobs that run. */
  open: ReadonlySet<string>;
  may: boolean;
  chosen: boolean;
  choose: (chosen: boolean) => void;
}) {
  const [editing, setEditing] = useState(false);
  const working = isAtWork(picture, open);
  const state = stateOf(picture, open);
  const name = picture.alt || picture.prompt || "Picture without a text";
  const putAtTop = async () => {
    try {
      const content = await feature(picture, true);
      told(`It is the featured picture of “${content.title}” now. Publish the page to show it.`);
    } catch (error) {
      failed(error);
    }
  };
  const entries = () => [
    {
      id: "feature",
      label: "Use as featured picture",
      icon: Star,
      disabled: !isUsable(picture),
      run: () => void putAtTop(),
    },
    ...(picture.source === "generated"
      ? [
          {
            id: "prompt",
            label: "Edit prompt",
            icon: PencilLine,
            disabled: working,
            run: () => setEditing(true),
          },
        ]
      : []),
    {
      id: "delete",
      label: "Delete",
      icon: Trash2,
      danger: true,
      disabled: working,
      run: () => void remove(picture),
    },
  ];
  return (
    <li className="card flex min-w-0 flex-col overflow-hidden">
      <Thumb picture={picture} width={480} working={working} />
      <div className="flex flex-1 flex-col gap-3 p-4">
        <div className="flex items-center gap-2">
          {may && isMakeable(picture, open) && (
            <Checkbox aria-label={`Choose ${name}`} isSelected={chosen} onChange={choose} />
          )}
          <Badge tone={TONES[state as keyof typeof TONES]}>{nameOf(STATUSES, state)}</Badge>
          <Badge>{nameOf(ROLES, picture.role)}</Badge>
          <span className="flex-1" />
          {may && (
            <MenuButton label="Actions" name={`Actions for ${name}`} entries={entries} className={ICON_BUTTON}>
              <MoreHorizontal className="size-4" aria-hidden />
            </MenuButton>
          )}
        </div>
        {picture.error && picture.status === "failed" && <p className="text-[13px] text-bad">{picture.error}</p>}
        <AltText picture={picture} readOnly={!may} />
        {picture.prompt && (
          <p className="line-clamp-3 text-[13px] text-ink-soft" title={picture.prompt}>
            <span className="font-medium text-ink">Prompt: </span>
            {picture.prompt}
          </p>
        )}
        <div className="mt-auto flex flex-wrap items-center justify-between gap-2">
          <Link to={`/writer/content/${picture.content_id}`} className="text-[13px] text-brand hover:underline">
            Open the article
          </Link>
          {may && isMakeable(picture, open) && (
            <Button size="sm" icon={picture.files ? RefreshCw : Sparkles} onPress={() => make([picture], 1)}>
              {picture.files ? "Make again" : picture.status === "failed" ? "Try again" : "Make"}
            </Button>
          )}
        </div>
      </div>
      <PromptDialog picture={picture} isOpen={editing} close={() => setEditing(false)} />
    </li>
  );
}

function PromptDialog({ picture, isOpen, close }: { picture: Picture; isOpen: boolean; close: () => void }) {
  const [prompt, setPrompt] = useState(picture.prompt);
  return (
    <FormModal
      title="What the picture shows"
      action="Save prompt"
      isOpen={isOpen}
      onClose={close}
      values={prompt}
      submit={() => change(picture, { prompt })}
    >
      {(errors) => (
        <TextField
          label="Prompt"
          rows={5}
          value={prompt}
          onChange={setPrompt}
          maxLength={1000}
          isRequired
          autoFocus
          error={errors.prompt}
          hint="One clear scene: the subject, the setting, the light, the style. The picture itself stays until it is made again."
        />
      )}
    </FormModal>
  );
}
