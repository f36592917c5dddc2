/** What several settings pages read and do. */
import type { Query } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { invalidate, type List, queryClient, useList } from "@/api/query";
import type { Member, Site, Workspace } from "@/api/types";
import { confirm } from "@/ui/ConfirmDialog";
import { failed, told } from "@/ui/ToastNotifications";

const MOST = 200;

export function useWorkspaces(): List<Workspace> {
  return useList<Workspace>("workspaces", "settings", (cursor) =>
    call(api.GET("/api/auth/workspaces", { params: { query: { limit: MOST, cursor } } })),
  );
}

export function useMembers(): List<Member> {
  return useList<Member>("members", "team", (cursor) =>
    call(api.GET("/api/auth/users", { params: { query: { limit: MOST, cursor, count: true } } })),
  );
}

/** Runs a deed, says that it was done, and has the lists read again that it changed. */
export async function act(deed: () => Promise<unknown>, done: string, ...changed: string[]): Promise<boolean> {
  try {
    await deed();
    told(done);
    return true;
  } catch (error) {
    failed(error);
    return false;
  } finally {
    invalidate(...changed);
  }
}

/** Asks, and deletes a site. True when it is gone. */
export async function deleteSite(site: Site): Promise<boolean> {
  const yes = await confirm({
    title: `Delete ${site.name}?`,
    body: `${site.name} goes off the net at once, with its keywords, ideas and articles. There is no way back.`,
    action: `Delete ${site.name}`,
    danger: true,
  });
  if (!yes) return false;
  const path = { id: site.id };
  const deed = async () => {
    await call(api.DELETE("/api/auth/sites/{id}", { params: { path } }));
    // Not the site itself: its page may still be open, and would ask for what is gone.
    const lists = { queryKey: ["sites"], predicate: (query: Query) => query.queryKey[2] !== site.id };
    await queryClient.invalidateQueries(lists);
  };
  return await act(deed, `${site.name} is deleted.`, "workspaces");
}
