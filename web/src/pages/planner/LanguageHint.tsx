import { Languages, X } from "lucide-react";
import { useMemo, useState } from "react";
import type { Site } from "@/api/types";
import { language } from "@/pages/settings/siteForm";
import { IconButton } from "@/ui/Button";
import { isForeign } from "./language";

/** Says that keywords do not look like the site's language; they may be meant, so nothing is kept back. */
export function LanguageHint({ site, keywords }: { site: Site; keywords: string[] }) {
  const [isClosed, setClosed] = useState(false);
  const shown = useMemo(() => isForeign(keywords, site.locale), [keywords, site.locale]);
  if (!shown || isClosed) return null;
  const name = language(site.locale);
  return (
    <p role="status" className="flex items-center gap-2.5 rounded-lg bg-warn-soft py-1 pr-1 pl-3 text-[13px] text-warn">
      <Languages className="size-4 shrink-0" aria-hidden />
      <span className="flex-1 py-1">
        These keywords do not look like {name}, and articles of {site.name} are written in {name}. Add them if that is
        what you want.
      </span>
      <IconButton label="Dismiss" icon={X} onPress={() => setClosed(true)} />
    </p>
  );
}
