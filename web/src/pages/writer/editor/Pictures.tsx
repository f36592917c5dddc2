/** The pictures of the content in hand: which is at its top, which stand in the article, and what is missing. */
import { ImageUp, Sparkles, Wand2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Block, ContentView, Picture } from "@/api/types";
import { Button } from "@/ui/Button";
import { Section } from "@/ui/Section";
import { ErrorState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { feature, isAtWork, isMakeable, isUsable, make, place, plan, useMostMade } from "../pictures/data";
import { Thumb } from "../pictures/Thumb";
import { UploadDialog } from "../pictures/UploadDialog";
import { useOpenJobs } from "../useTasks";
import { keep } from "./useContent";

/** Pictures of a body that say nothing to who does not see them. */
export const withoutAlt = (blocks: Block[]) =>
  blocks.filter((block) => block.type === "image" && !block.alt?.trim()).length;

export const stands = (blocks: Block[], picture: Picture) =>
  blocks.some((block) => block.type === "image" && block.src === `asset:${picture.id}`);

type Pictures = { data?: Picture[]; error: unknown; refetch: () => unknown };

export function PicturesPanel({
  content,
  blocks,
  pictures,
  readOnly,
  dirty,
  load,
}: {
  content: ContentView;
  /** The body as it stands in the editor. */
  blocks: Block[];
  pictures: Pictures;
  readOnly: boolean;
  /** Something is not saved: the server must not change the body below it. */
  dirty: boolean;
  /** Takes over what the server has saved. */
  load: (content: ContentView) => void;
}) {
  const open = useOpenJobs();
  const most = useMostMade();
  const [uploading, setUploading] = useState(false);
  /** The picture that is being put somewhere: one after the other, as each makes a new version of the content. */
  const [inHand, take] = useState<string>();
  const rows = pictures.data?.filter((picture) => picture.status !== "uploading");
  const planned = rows?.filter((picture) => isMakeable(picture, open) && !picture.files) ?? [];
  const missing = withoutAlt(blocks);
  return (
    <Section title="Pictures">
      <div className="flex flex-col gap-3">
        {missing > 0 && (
          <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-[13px] text-warn">
            {missing === 1 ? "A picture in the text has" : `${missing} pictures in the text have`} no alt text. Say what
            is seen.
          </p>
        )}
        {pictures.error && !rows ? (
          <ErrorState error={pictures.error} again={() => void pictures.refetch()} />
        ) : !rows ? (
          <Skeleton className="h-24 w-full" />
        ) : rows.length === 0 ? (
          <p className="text-ink-soft">No pictures yet.</p>
        ) : (
          <ul className="flex flex-col gap-3">
            {rows.map((picture) => (
              <Row
                key={picture.id}
                picture={picture}
                working={isAtWork(picture, open)}
                isTop={content.featured_image_id === picture.id}
                isIn={stands(blocks, picture)}
                readOnly={readOnly}
                off={dirty || (inHand !== undefined && inHand !== picture.id)}
                busy={inHand === picture.id}
                take={take}
                load={load}
              />
            ))}
          </ul>
        )}
        {dirty && !readOnly && rows?.some((picture) => picture.files) && (
          <p className="text-[13px] text-ink-soft">Save first, then pictures can be put in or taken out.</p>
        )}
        {!readOnly && (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" icon={Wand2} onPress={() => plan([content])}>
              Plan
            </Button>
            {planned.length > 0 && (
              <Button size="sm" icon={Sparkles} onPress={() => make(planned, most)}>
                Make {planned.length > most ? `${most} of ${planned.length}` : planned.length}
              </Button>
            )}
            <Button size="sm" icon={ImageUp} onPress={() => setUploading(true)}>
              Upload
            </Button>
          </div>
        )}
      </div>
      <UploadDialog content={content.id} isOpen={uploading} close={() => setUploading(false)} />
    </Section>
  );
}

function Row({
  picture,
  working,
  isTop,
  isIn,
  readOnly,
  off,
  busy,
  take,
  load,
}: {
  picture: Picture;
  working: boolean;
  isTop: boolean;
  isIn: boolean;
  readOnly: boolean;
  /** It cannot be put anywhere just now. */
  off: boolean;
  busy: boolean;
  take: (id: string | undefined) => void;
  load: (content: ContentView) => void;
}) {
  const run = async (work: () => Promise<unknown>) => {
    take(picture.id);
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      take(undefined);
    }
  };
  const usable = isUsable(picture);
  const what = picture.alt || picture.prompt;
  const toTop = () =>
    run(async () => {
      await feature(picture, !isTop);
      told(isTop ? "The page has no featured picture now." : "It is the featured picture now.");
    });
  const intoText = () =>
    run(async () => {
      load(keep(await place(picture, !isIn)));
      told(isIn ? "Taken out of the article." : "Put into the article, as a new revision.");
    });
  return (
    <li className="flex flex-col gap-2">
      <div className="flex gap-3">
        <Thumb picture={picture} width={200} working={working} className="w-24 shrink-0 self-start rounded-lg" />
        <div className="min-w-0 flex-1">
          <p className="line-clamp-2 text-[13px]" title={what}>
            {what || "Without a text"}
          </p>
          <p className="mt-0.5 text-xs text-ink-soft">
            {working
              ? "Being made…"
              : picture.status === "failed"
                ? "Failed"
                : !picture.files
                  ? "Planned"
                  : [isTop && "Featured", isIn && "In the article"].filter(Boolean).join(", ") || "Not used"}
          </p>
          {picture.files && !picture.alt.trim() && (
            <Link to="/writer/images" className="text-xs text-warn underline">
              Alt text is missing
            </Link>
          )}
        </div>
      </div>
      {!readOnly && picture.files && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" isDisabled={(!usable && !isTop) || off} busy={busy} onPress={() => void toTop()}>
            {isTop ? "Unfeature" : "Use as featured"}
          </Button>
          <Button size="sm" isDisabled={(!usable && !isIn) || off} busy={busy} onPress={() => void intoText()}>
            {isIn ? "Take out" : "Insert"}
          </Button>
        </div>
      )}
    </li>
  );
}
