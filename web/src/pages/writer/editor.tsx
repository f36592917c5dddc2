/** The editor of one content. TipTap is loaded with this page alone. */
import { useEffect, useState } from "react";
import { useParams } from "react-router";
import { useSite } from "@/api/resources";
import { LinkButton } from "@/ui/Button";
import { ErrorState, Skeleton } from "@/ui/states";
import { useProposal } from "./editor/Proposal";
import { useContent } from "./editor/useContent";
import { useVariations } from "./editor/Variations";
import { Workbench } from "./editor/Workbench";
import { usePicturesOf } from "./pictures/data";

export function Editor() {
  const { id = "" } = useParams();
  const content = useContent(id);
  const { site } = useSite();
  // What stands above and beside the body comes with it, or the page would jump under the first press. All of it is asked
  // for at once: nearly always the content is of the site in hand; another one's pictures are asked for when it is known.
  const pictures = usePicturesOf(id, content.data?.site_id ?? site?.id);
  const proposal = useProposal(id);
  const variations = useVariations(id);
  const isWhole = content.data !== undefined && !pictures.isPending && !proposal.isPending && !variations.loading;
  // Once it stands it stays, with what was written in it: what failed to load is pending again when it is tried again.
  const [standing, stand] = useState<string>();
  if (isWhole && standing !== id) stand(id);
  const isHere = content.data !== undefined && standing === id;
  useEffect(() => {
    if (!isHere) document.title = "Content · IGNY8";
  }, [isHere]);
  if (content.data && isHere) return <Workbench key={id} loaded={content.data} />;
  if (content.error) {
    return (
      <div className="p-6 text-center">
        <ErrorState error={content.error} again={() => void content.refetch()} />
        <LinkButton to="/writer/content">To all content</LinkButton>
      </div>
    );
  }
  return (
    <div className="mx-auto grid w-full max-w-[90rem] gap-4 px-4 pt-14 pb-10 sm:px-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-4">
        <Skeleton className="h-14 w-full" />
        <Skeleton className="h-[32rem] w-full" />
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
