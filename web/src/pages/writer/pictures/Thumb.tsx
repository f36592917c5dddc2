import { CircleAlert, ImageOff, Loader2 } from "lucide-react";
import type { Picture } from "@/api/types";
import { cx } from "@/lib/cx";
import { fileFor } from "./data";

/** A picture in its frame, or what stands in its place while there is none. */
export function Thumb({
  picture,
  width,
  working,
  className,
}: {
  picture: Picture;
  width: number;
  /** It is being made. */
  working: boolean;
  className?: string;
}) {
  const file = fileFor(picture, width);
  return (
    <div className={cx("relative flex aspect-3/2 items-center justify-center overflow-hidden bg-sunk", className)}>
      {file ? (
        <img
          src={file.url}
          alt={picture.alt}
          width={file.width}
          height={file.height}
          loading="lazy"
          decoding="async"
          className={cx("size-full object-cover", working && "opacity-40")}
        />
      ) : (
        !working &&
        (picture.status === "failed" ? (
          <CircleAlert className="size-7 text-bad" aria-hidden />
        ) : (
          <ImageOff className="size-7 text-ink-soft" aria-hidden />
        ))
      )}
      {working && (
        <Loader2 className="absolute size-7 animate-spin text-brand motion-reduce:animate-none" aria-hidden />
      )}
    </div>
  );
}
