/** The editor of one content. TipTap is loaded with this page alone. */
import { useEffect } from "react";
import { useParams } from "react-router";
import { LinkButton } from "@/ui/Button";
import { ErrorState, Skeleton } from "@/ui/states";
import { useContent } from "./editor/useContent";
import { Workbench } from "./editor/Workbench";

export function Editor() {
  const { id = "" } = useParams();
  const content = useContent(id);
  const isHere = content.data !== undefined;
  useEffect(() => {
    if (!isHere) document.title = "Content · IGNY8";
  }, [isHere]);
  if (content.data) return <Workbench key={id} loaded={content.data} />;
  if (content.error) {
    return (
      <div className="p-6 text-center">
        <ErrorState error={content.error} again={() => void content.refetch()} />
        <LinkButton to="/writer/content">To all content</LinkButton>
      </div>
    );
  }
  return (
    <div className="mx-auto grid w-full max-w-7xl gap-4 px-4 pt-14 sm:px-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-4">
        <Skeleton className="h-14 w-full" />
        <Skeleton className="h-[32rem] w-full" />
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
