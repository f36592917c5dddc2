/** Every prompt of the account: what the models are asked with. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { PromptSummary } from "@/api/types";
import { credits } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { inAddress } from "./resources";

const GROUPS: { title: string; of: (prompt: PromptSummary) => boolean }[] = [
  { title: "Planning", of: ({ function: name }) => name === "auto_cluster" || name === "generate_ideas" },
  { title: "Writing", of: ({ function: name }) => name === "generate_content" },
  { title: "Drafting", of: ({ function: name }) => name.startsWith("draft_") },
];

export function Prompts() {
  const read = () => call(api.GET("/api/thinker/prompts"));
  const query = useQuery({ queryKey: ["prompts", "all"], queryFn: read });
  const all = query.data?.items ?? [];
  const others = all.filter((prompt) => !GROUPS.some((group) => group.of(prompt)));
  const groups = [...GROUPS.map((group) => ({ title: group.title, prompts: all.filter(group.of) }))];
  if (others.length > 0) groups.push({ title: "Other work on texts", prompts: others });
  const state = { loading: query.isPending, error: query.error, again: () => void query.refetch() };
  const shown = all.length > 0 ? groups : [{ title: "Prompts", prompts: [] }];
  return (
    <Page narrow title="Prompts" intro="What the AI is asked for each kind of work. Change one, try it, then use it.">
      {shown.map((group) => (
        <Section key={group.title} flush title={group.title}>
          <RowList
            label={group.title}
            items={group.prompts}
            state={state}
            empty={null}
            places={6}
            row={(prompt) => (
              <Row
                key={prompt.name}
                to={`/thinker/prompts/${inAddress(prompt.name)}`}
                title={prompt.title}
                note={`${prompt.about} A try costs ${credits(prompt.credits)}.`}
                badges={
                  prompt.live == null ? (
                    <Badge>{prompt.newest > 0 ? "Default, with drafts" : "Default"}</Badge>
                  ) : (
                    <Badge tone="brand">Version {prompt.live} in use</Badge>
                  )
                }
              />
            )}
          />
        </Section>
      ))}
    </Page>
  );
}
