/** Uploading a picture of one's own, for one content. */
import { ImageUp } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, DropZone, FileTrigger } from "react-aria-components";
import type { Picture, PictureRole } from "@/api/types";
import { Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { FORMATS, ROLES, refusal, upload } from "./data";

export function UploadDialog({
  content,
  contents,
  isOpen,
  close,
  done,
}: {
  /** The content that it is for, where that is known. */
  content?: string;
  /** Those to choose from, where it is not. */
  contents?: { id: string; name: string }[];
  isOpen: boolean;
  close: () => void;
  done?: (picture: Picture) => void;
}) {
  const [file, setFile] = useState<File>();
  const [about, setAbout] = useState({
    content: content ?? "",
    role: "in_article" as PictureRole,
    alt: "",
    license: "",
    credit: "",
  });
  const wrong = file && refusal(file);
  const set = (part: Partial<typeof about>) => setAbout((before) => ({ ...before, ...part }));
  const send = async () => {
    if (!file) throw new Error("Choose a file first.");
    if (wrong) throw new Error(wrong);
    const { content: content_id, role, alt, license, credit } = about;
    const picture = await upload(file, { content_id, role, alt, license, credit });
    told("Picture uploaded.");
    setFile(undefined);
    done?.(picture);
  };
  return (
    <FormModal
      title="Upload a picture"
      action="Upload"
      isOpen={isOpen}
      onClose={close}
      values={[file?.name, about]}
      submit={send}
    >
      {(errors) => (
        <>
          <PictureDrop file={file} wrong={wrong} choose={setFile} />
          {contents && (
            <Select
              label="For the page"
              options={contents}
              value={about.content}
              onChange={(id) => set({ content: id })}
              error={errors.content_id}
            />
          )}
          <Select
            label="Place"
            options={ROLES}
            value={about.role}
            onChange={(role) => set({ role: role as PictureRole })}
          />
          <TextField
            label="Alt text"
            value={about.alt}
            onChange={(alt) => set({ alt })}
            maxLength={250}
            error={errors.alt}
            hint="What is seen, for those who do not see it. Needed before the picture can be used."
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="License"
              value={about.license}
              onChange={(license) => set({ license })}
              maxLength={200}
              error={errors.license}
              hint="For example CC BY 4.0, or your own."
            />
            <TextField
              label="Credit"
              value={about.credit}
              onChange={(credit) => set({ credit })}
              maxLength={200}
              error={errors.credit}
              hint="Shown below the picture in an article."
            />
          </div>
        </>
      )}
    </FormModal>
  );
}

function PictureDrop({ file, wrong, choose }: { file?: File; wrong?: string; choose: (file: File) => void }) {
  return (
    <div className="flex flex-col gap-1">
      <DropZone
        aria-label="Drop a picture here"
        className="rounded-xl border-2 border-dashed border-line-strong data-[drop-target]:border-brand data-[drop-target]:bg-brand-soft"
        onDrop={async (event) => {
          const item = event.items.find((one) => one.kind === "file");
          if (item?.kind === "file") choose(await item.getFile());
        }}
      >
        <FileTrigger acceptedFileTypes={FORMATS} onSelect={(files) => files?.[0] && choose(files[0])}>
          <AriaButton
            className={`flex w-full cursor-pointer flex-col items-center gap-1 rounded-xl px-4 text-center hover:bg-sunk/60 ${file ? "py-4" : "py-8"}`}
          >
            <ImageUp className="mb-1 size-6 text-brand" aria-hidden />
            <span className="font-medium break-all">{file?.name ?? "Drop a picture here, or choose one"}</span>
            <span className="text-[13px] text-ink-soft">
              {file ? "Drop or choose another one to take its place." : "PNG, JPEG or WebP, up to 15 MB."}
            </span>
          </AriaButton>
        </FileTrigger>
      </DropZone>
      {wrong && (
        <p role="alert" className="text-[13px] text-bad">
          {wrong}
        </p>
      )}
    </div>
  );
}
