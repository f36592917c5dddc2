/** The pictures of a site: planned, made by a model or uploaded, with their alt texts. */
import { ImageUp, Sparkles } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/query";
import { useSite } from "@/api/resources";
import type { Site } from "@/api/types";
import { ActionButtons } from "@/ui/ActionButtons";
import { Button, LinkButton } from "@/ui/Button";
import { FilterPanel, useFilters } from "@/ui/FilterPanel";
import { Page } from "@/ui/Page";
import { EmptyState, ErrorState, places, Skeleton } from "@/ui/states";
import { useSelection } from "@/ui/useSelection";
import { NoSite } from "./NoSite";
import { isMakeable, make, ROLES, SOURCES, STATUSES, useMostMade, usePictures } from "./pictures/data";
import { PictureCard } from "./pictures/PictureCard";
import { UploadDialog } from "./pictures/UploadDialog";
import { usePageNames } from "./pictures/usePageNames";
import { useOpenJobs } from "./useTasks";

export function Images() {
  const { site, loading, error, again } = useSite();
  return (
    <Page
      title="Images"
      intro="Pictures of this site's pages. Plan them from a page, have them made for 1 credit each, or upload your own."
      actions={site && <Upload site={site} />}
    >
      {site ? (
        <Grid key={site.id} site={site} />
      ) : loading ? (
        <Skeleton className="h-96 w-full" />
      ) : (
        <NoSite error={error} again={again} />
      )}
    </Page>
  );
}

function Upload({ site }: { site: Site }) {
  const may = useMay("editor");
  const [isOpen, setOpen] = useState(false);
  const contents = usePageNames(site.id).data ?? [];
  if (!may) return null;
  return (
    <>
      {/* It has its place from the beginning, so that nothing moves once the pages are known. */}
      <Button icon={ImageUp} isDisabled={contents.length === 0} onPress={() => setOpen(true)}>
        Upload
      </Button>
      <UploadDialog contents={contents} isOpen={isOpen} close={() => setOpen(false)} />
    </>
  );
}

function Grid({ site }: { site: Site }) {
  const may = useMay("editor");
  const { values, set } = useFilters(["status", "role", "source"] as const);
  const status = STATUSES.find((one) => one.id === values.status)?.id;
  const role = ROLES.find((one) => one.id === values.role)?.id;
  const source = SOURCES.find((one) => one.id === values.source)?.id;
  const list = usePictures(site.id, { ...(status && { status }), ...(role && { role }), ...(source && { source }) });
  const { chosen, selection, clear } = useSelection(list.rows, `${status} ${role} ${source}`);
  const open = useOpenJobs();
  const most = useMostMade();
  const makeable = chosen.filter((picture) => isMakeable(picture, open));
  const filtered = Boolean(status || role || source);

  return (
    <>
      <FilterPanel
        table="images"
        values={values}
        set={set}
        filters={[
          { name: "status", label: "Any status", kind: "choice", options: STATUSES },
          { name: "role", label: "Any place", kind: "choice", options: ROLES },
          { name: "source", label: "Any source", kind: "choice", options: SOURCES },
        ]}
      />
      {list.loading ? (
        <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4">
          {places(8).map((place) => (
            <Skeleton key={place} className="h-80 w-full" />
          ))}
        </div>
      ) : list.error && list.rows.length === 0 ? (
        <div className="card">
          <ErrorState error={list.error} again={list.again} />
        </div>
      ) : list.rows.length === 0 ? (
        <div className="card">
          <Nothing filtered={filtered} may={may} />
        </div>
      ) : (
        <ul
          aria-label="Images"
          className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4"
          aria-busy={list.changing}
        >
          {list.rows.map((picture) => (
            <PictureCard
              key={picture.id}
              picture={picture}
              open={open}
              may={may}
              chosen={selection.ids.has(picture.id)}
              choose={(isChosen) => {
                const next = new Set(selection.ids);
                if (isChosen) next.add(picture.id);
                else next.delete(picture.id);
                selection.set(next);
              }}
            />
          ))}
        </ul>
      )}
      {list.hasMore && (
        <Button className="self-center" busy={list.changing} onPress={list.more}>
          Show more
        </Button>
      )}
      {may && (
        <ActionButtons
          chosen={chosen.length}
          noun="picture"
          clear={clear}
          actions={[
            {
              label: makeable.length > most ? `Make ${most} of ${makeable.length}` : "Make pictures",
              icon: Sparkles,
              disabled: makeable.length === 0,
              run: () => make(makeable, most, clear),
            },
          ]}
        />
      )}
    </>
  );
}

function Nothing({ filtered, may }: { filtered: boolean; may: boolean }) {
  if (filtered) return <EmptyState title="No picture matches">Change the filters, or clear them.</EmptyState>;
  return (
    <EmptyState
      title="No pictures yet"
      action={
        may && (
          <LinkButton look="primary" to="/writer/content">
            Go to content
          </LinkButton>
        )
      }
    >
      Choose pages in your content and plan their pictures: prompts and alt texts appear here, ready to be made.
    </EmptyState>
  );
}
