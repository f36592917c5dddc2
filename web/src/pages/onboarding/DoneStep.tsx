import { CircleCheck, CircleDashed } from "lucide-react";
import { useNavigate } from "react-router";
import { useMe } from "@/api/query";
import type { Site } from "@/api/types";
import { count } from "@/lib/format";
import { useCounts } from "@/pages/dashboard/counts";
import { NextStepCard } from "@/pages/dashboard/NextStepCard";
import { Button } from "@/ui/Button";
import { ErrorState } from "@/ui/states";
import { forget } from "./progress";
import { StepActions, type StepProps } from "./StepActions";

export function DoneStep({ site, back }: StepProps & { site: Site }) {
  const navigate = useNavigate();
  const me = useMe().data;
  const counts = useCounts(site.id);
  const keywords = counts.data && Object.values(counts.data.keywords).reduce((sum, one) => sum + one, 0);
  const leave = () => {
    if (me) forget(me.tenant.id);
    void navigate("/");
  };
  const facts: { done: boolean; text: string }[] = [
    { done: true, text: `Your site is ${site.name}.` },
    site.hosting_type === "igny8"
      ? { done: true, text: "Its pages are hosted by IGNY8." }
      : { done: false, text: "It has no place to publish to yet." },
    keywords === undefined
      ? { done: false, text: "Counting keywords…" }
      : keywords > 0
        ? { done: true, text: `It has ${count(keywords, "keyword")}.` }
        : { done: false, text: "It has no keywords yet." },
  ];
  return (
    <>
      <ul className="mt-3 mb-5 flex flex-col gap-2">
        {facts.map(({ done, text }) => {
          const Icon = done ? CircleCheck : CircleDashed;
          return (
            <li key={text} className="flex items-center gap-2.5">
              <Icon className={done ? "size-5 text-good" : "size-5 text-ink-soft"} aria-hidden /> {text}
            </li>
          );
        })}
      </ul>
      {counts.error ? (
        <ErrorState error={counts.error} again={counts.again} />
      ) : (
        <NextStepCard site={site} counts={counts.data} then={leave} />
      )}
      <StepActions back={back}>
        <Button onPress={leave}>Go to the dashboard</Button>
      </StepActions>
    </>
  );
}
