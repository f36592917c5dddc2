/** What runs by itself on the site in hand: which steps, how often, within which budget, and what each would do next. */
import { useQuery } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Schedule, ScheduleList, Site } from "@/api/types";
import { ago } from "@/lib/format";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Page } from "@/ui/Page";
import { ErrorState, places, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { NoSite } from "../writer/NoSite";
import { AutomationConfigForm } from "./AutomationConfigForm";
import { ScheduleCard } from "./ScheduleCard";

/** How many kinds of schedule there are. */
const KINDS = 5;

export function Automation() {
  const { site, loading, error, again } = useSite();
  return (
    <Page
      title="Automation"
      intro="The steps from keywords to public pages, done at their times without anybody. Each does what its button does, within the budget that you set."
    >
      {site ? <OfSite key={site.id} site={site} /> : loading ? <Loading /> : <NoSite error={error} again={again} />}
    </Page>
  );
}

function Loading() {
  return places(KINDS).map((place) => <Skeleton key={place} className="h-52 w-full" />);
}

function OfSite({ site }: { site: Site }) {
  const may = useMay("admin");
  const [changed, change] = useState<Schedule>();
  const list = useQuery({
    queryKey: ["schedules", site.id],
    queryFn: () =>
      call(api.GET("/api/system/schedules", { params: { query: { site_id: site.id } } })) as Promise<ScheduleList>,
  });
  if (list.error && !list.data) return <ErrorState error={list.error} again={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const paused = list.data.switch.paused_at;
  return (
    <>
      <Switch paused={paused ?? undefined} may={may} isAnyOn={list.data.items.some((one) => one.enabled)} />
      {list.data.items.map((schedule) => (
        <ScheduleCard
          key={schedule.function}
          schedule={schedule}
          isPaused={Boolean(paused)}
          change={() => change(schedule)}
        />
      ))}
      {changed && (
        <AutomationConfigForm
          key={`${changed.function} ${changed.version}`}
          schedule={changed}
          onClose={() => change(undefined)}
        />
      )}
    </>
  );
}

/** The switch of the whole account: for the day on which nothing may start, whatever the sites have. */
function Switch({ paused, may, isAnyOn }: { paused?: string; may: boolean; isAnyOn: boolean }) {
  const set = async (to: "pause" | "resume") => {
    if (to === "pause") {
      const yes = await confirm({
        title: "Pause all schedules?",
        body: "On no site of this account anything starts by itself until you resume. Jobs that run now go on.",
        action: "Pause all",
      });
      if (!yes) return;
    }
    try {
      await call(api.POST(`/api/system/schedules/${to}`));
      told(to === "pause" ? "All schedules are paused." : "The schedules run again.");
    } catch (error) {
      failed(error);
    }
    invalidate("schedules");
  };
  if (paused) {
    return (
      <div
        role="status"
        className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-warn-soft px-4 py-2 text-warn"
      >
        <p>{`All schedules of this account are paused since ${ago(paused)}. Nothing starts by itself.`}</p>
        {may && (
          <Button icon={Play} onPress={() => void set("resume")}>
            Resume
          </Button>
        )}
      </div>
    );
  }
  if (!may) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-ink-soft">
        {isAnyOn ? "Times are yours; budgets are for one run." : "Everything is off. Turn on the steps that you trust."}
      </p>
      <Button icon={Pause} onPress={() => void set("pause")}>
        Pause all
      </Button>
    </div>
  );
}
