import { useEffect } from "react";

/**
 * When what has the focus goes away (a dialog whose button is gone too, a button whose work is done, a card that moves
 * to another column), the page takes it: the next Tab goes on from there, not from the top of the window.
 */
export function useFocusKept(): void {
  useEffect(() => {
    let last: EventTarget | null = null;
    const remember = (event: FocusEvent) => {
      last = event.target;
    };
    const look = new MutationObserver(() => {
      if (!(last instanceof Element) || last.isConnected || document.activeElement !== document.body) return;
      last = null;
      // A dialog that closes gives the focus back by itself, where it can, a moment later.
      setTimeout(() => {
        if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
      }, 60);
    });
    document.addEventListener("focusin", remember);
    look.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", remember);
      look.disconnect();
    };
  }, []);
}
