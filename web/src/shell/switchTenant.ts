import { api, call } from "@/api/client";
import { queryClient } from "@/api/query";
import { replaceSession } from "@/api/session";
import { confirm, UNSAVED } from "@/ui/ConfirmDialog";

/**
 * Enters another account of this person. About what is not saved one is asked before: afterwards the token is for the other
 * account, and a page that stays could not save any more.
 */
export async function switchTenant(tenant_id: string): Promise<void> {
  // What the browser would ask when the page is left.
  const isSaved = window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  if (!isSaved && !(await confirm(UNSAVED))) return;
  await replaceSession((token) =>
    call(api.POST("/api/auth/switch", { body: { tenant_id }, headers: { authorization: `Bearer ${token}` } })),
  );
  // Nothing of one tenant may be seen under another.
  queryClient.clear();
  // It was answered; the browser shall not ask again.
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true });
  location.assign("/");
}
