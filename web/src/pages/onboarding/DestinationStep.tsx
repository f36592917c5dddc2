import { Rocket } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import type { Site } from "@/api/types";
import { words } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { failed } from "@/ui/ToastNotifications";
import { StepActions, type StepProps } from "./StepActions";

export function DestinationStep({ site, go, back }: StepProps & { site: Site }) {
  const may = useMay("admin");
  const [busy, setBusy] = useState(false);
  const isHosted = site.hosting_type === "igny8";
  const choose = async () => {
    setBusy(true);
    try {
      if (!isHosted) {
        const params = { path: { id: site.id } };
        const body = { hosting_type: "igny8" as const };
        await call(api.PATCH("/api/auth/sites/{id}", { params, body, headers: ifMatch(site.version) }));
        invalidate("sites");
      }
      go("keywords");
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p className="mt-1 text-ink-soft">
        Today there is one place to publish to: a site that IGNY8 hosts for you. WordPress and Shopify cannot be
        connected yet.
      </p>
      <div className="mt-5 flex items-start gap-4 rounded-xl border border-brand bg-brand-soft p-4">
        <span className="rounded-full bg-card p-2 text-brand-strong">
          <Rocket className="size-5" aria-hidden />
        </span>
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            Hosted by IGNY8 {isHosted && <Badge tone="good">Chosen</Badge>}
          </p>
          <p className="text-ink-soft">
            Publishing is free, and a version can be taken back. The address begins with{" "}
            <b className="font-medium break-all text-ink">{site.host}</b>; you see all of it with the first page.
          </p>
          {site.domain && !site.domain_verified_at && (
            <p className="mt-2 text-[13px] text-ink-soft">
              {site.domain} is noted, but not verified: until it is, pages are served under that address alone.
            </p>
          )}
        </div>
      </div>
      {!isHosted && (
        <p className="mt-3 text-[13px] text-ink-soft">
          This site is set to {words(site.hosting_type)}.{!may && " An admin can change that."}
        </p>
      )}
      <StepActions back={back}>
        <Button onPress={() => go("keywords")}>Skip for now</Button>
        {(isHosted || may) && (
          <Button look="primary" busy={busy} onPress={() => void choose()}>
            Publish here
          </Button>
        )}
      </StepActions>
    </>
  );
}
