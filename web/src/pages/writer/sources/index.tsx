/** What writers are given: texts from which figures and quotations may come. */
import { BookOpen, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { invalidate, useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Site, Source } from "@/api/types";
import { ago, number } from "@/lib/format";
import { RowActions } from "@/ui/ActionButtons";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { EmptyState, Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { NoSite } from "../NoSite";
import { useSource, useSources } from "./data";
import { SourceDialog } from "./SourceDialog";

export function Sources() {
  const { site, loading, error, again } = useSite();
  const may = useMay("editor");
  const [adding, setAdding] = useState(false);
  const add = (
    <Button look="primary" icon={Plus} onPress={() => setAdding(true)}>
      Add source
    </Button>
  );
  return (
    <Page
      title="Sources"
      intro="Studies, price lists, interviews: texts that a task can be written from. Figures and quotations of an article are compared with them."
      actions={may && site && add}
    >
      {site ? (
        <OfSite key={site.id} site={site} add={may && add} />
      ) : loading ? (
        <Skeleton className="h-64 w-full" />
      ) : (
        <NoSite error={error} again={again} />
      )}
      {adding && site && <SourceDialog site={site.id} close={() => setAdding(false)} />}
    </Page>
  );
}

function OfSite({ site, add }: { site: Site; add: React.ReactNode }) {
  const may = useMay("editor");
  const list = useSources(site.id);
  const [edited, edit] = useState<string>();
  const source = useSource(edited).data;
  const remove = async (one: Source) => {
    const yes = await confirm({
      title: `Delete the source ${one.title}?`,
      body: "What was written with it stays; its figures and quotations have no source then. There is no way back.",
      action: "Delete the source",
      danger: true,
    });
    if (!yes) return;
    try {
      await call(api.DELETE("/api/writer/sources/{id}", { params: { path: { id: one.id } } }));
      told(`The source ${one.title} is deleted.`);
    } catch (error) {
      failed(error);
    }
    invalidate("sources", "content");
  };
  return (
    <Section flush title="Sources of this site">
      <RowList
        label="Sources"
        items={list.rows}
        state={list}
        empty={
          <EmptyState icon={BookOpen} title="No sources yet" action={add}>
            Add a text that you trust, and choose it in a task: the writer takes its figures from there, and the editor
            shows which of them no source supports.
          </EmptyState>
        }
        row={(one) => (
          <Row
            key={one.id}
            title={one.title}
            note={[`${number(one.chars)} characters`, one.url ?? "no address", `changed ${ago(one.updated_at)}`].join(
              " · ",
            )}
            actions={
              may && (
                <RowActions
                  label={`Actions for the source ${one.title}`}
                  entries={[
                    { id: "edit", label: "Edit", icon: Pencil, run: () => edit(one.id) },
                    { id: "delete", label: "Delete", icon: Trash2, danger: true, run: () => void remove(one) },
                  ]}
                />
              )
            }
          />
        )}
      />
      {edited && source?.id === edited && (
        <SourceDialog key={source.version} site={site.id} source={source} close={() => edit(undefined)} />
      )}
    </Section>
  );
}
