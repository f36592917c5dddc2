import { ArrowRight, FileText, Globe, Rocket, Tags } from "lucide-react";
import { useBalance, useMe } from "@/api/query";
import { credits } from "@/lib/format";
import { Button } from "@/ui/Button";
import { StepActions, type StepProps } from "./StepActions";

const WAY = [
  { icon: Globe, name: "A site", text: "You name it, and say what it is about." },
  {
    icon: Tags,
    name: "Keywords",
    text: "You bring what people search for. IGNY8 groups it and finds ideas for articles.",
  },
  { icon: FileText, name: "Articles", text: "You choose ideas; they are written as drafts that you can change." },
  {
    icon: Rocket,
    name: "Pages",
    text: "What you approve is published. You can go back to an earlier version at any time.",
  },
];

export function WelcomeStep({ site, go }: StepProps) {
  const me = useMe().data;
  const balance = useBalance().data;
  const name = me?.user?.display_name;
  return (
    <>
      <p className="mt-1 text-ink-soft">
        {name ? `Good to have you here, ${name}. ` : ""}This is the way from a list of keywords to a site that is found:
      </p>
      <ol className="mt-5 flex flex-col gap-4">
        {WAY.map(({ icon: Icon, name: title, text }) => (
          <li key={title} className="flex gap-3.5">
            <span className="h-fit rounded-full bg-brand-soft p-2 text-brand-strong">
              <Icon className="size-5" aria-hidden />
            </span>
            <span>
              <span className="block font-medium">{title}</span>
              <span className="text-ink-soft">{text}</span>
            </span>
          </li>
        ))}
      </ol>
      <p className="mt-5 min-h-11 rounded-lg bg-sunk px-4 py-3 text-[13px]">
        {balance
          ? `You have ${credits(balance.available)}. The setup is free. Before anything costs credits, you see how much and are asked.`
          : "The setup is free. Before anything costs credits, you see how much and are asked."}
      </p>
      <StepActions>
        <Button look="primary" icon={ArrowRight} onPress={() => go("site")}>
          {site ? `Continue with ${site.name}` : "Set up my site"}
        </Button>
      </StepActions>
    </>
  );
}
