import { FileUp } from "lucide-react";
import { Button as AriaButton, DropZone, FileTrigger } from "react-aria-components";

/** A place to drop a file on, that also opens the file chooser. */
export function FileDrop({
  name,
  isDisabled,
  choose,
}: {
  /** The file that was chosen last. */
  name?: string;
  isDisabled?: boolean;
  choose: (file: File) => void;
}) {
  return (
    <DropZone
      aria-label="Drop a keyword file here"
      isDisabled={isDisabled}
      className="rounded-xl border-2 border-dashed border-line-strong data-[drop-target]:border-brand data-[drop-target]:bg-brand-soft"
      onDrop={async (event) => {
        const item = event.items.find((one) => one.kind === "file");
        if (item?.kind === "file") choose(await item.getFile());
      }}
    >
      <FileTrigger onSelect={(files) => files?.[0] && choose(files[0])}>
        <AriaButton
          isDisabled={isDisabled}
          className={`flex w-full cursor-pointer flex-col items-center gap-1 rounded-xl px-4 text-center hover:bg-sunk/60 ${name ? "py-4" : "py-10"}`}
        >
          <FileUp className="mb-1 size-6 text-brand" aria-hidden />
          <span className="font-medium break-all">{name ?? "Drop a file here, or choose one"}</span>
          <span className="text-[13px] text-ink-soft">
            {name
              ? "Drop or choose another one to take its place."
              : "CSV or text, as Ahrefs, Semrush, Keyword Planner or Search Console export it, or any table with a keyword column. Up to 16 MB."}
          </span>
        </AriaButton>
      </FileTrigger>
    </DropZone>
  );
}
