import { useSyncExternalStore } from "react";

function subscribe(change: () => void) {
  window.addEventListener("online", change);
  window.addEventListener("offline", change);
  return () => {
    window.removeEventListener("online", change);
    window.removeEventListener("offline", change);
  };
}

/** Says that there is no network, as long as there is none. */
export function Offline() {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status" className="fixed inset-x-0 top-0 z-50 flex justify-center">
      {!online && (
        <p className="pop m-2 rounded-full bg-ink px-4 py-1.5 text-[13px] text-card shadow-lg">
          You are offline. What you entered stays here; save it again when you are back.
        </p>
      )}
    </div>
  );
}
