import { useCallback, useState } from "react";
import { cx } from "@/lib/cx";

/** What is wider than the page and scrolls sideways: it fades out where there is more, up to the edges of the page. */
export function SideScroll({ label, children }: { label: string; children: React.ReactNode }) {
  const [more, setMore] = useState({ left: false, right: false });
  const box = useCallback((section: HTMLElement) => {
    const look = () => {
      const left = section.scrollLeft > 1;
      const right = section.scrollLeft + section.clientWidth < section.scrollWidth - 1;
      setMore((now) => (now.left === left && now.right === right ? now : { left, right }));
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(section);
    section.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      section.removeEventListener("scroll", look);
    };
  }, []);
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className={cx(
        "-mx-4 overflow-x-auto px-4 pb-2 sm:-mx-6 sm:px-6",
        more.left && "mask-l-from-[calc(100%-4rem)]",
        more.right && "mask-r-from-[calc(100%-4rem)]",
      )}
    >
      {children}
    </section>
  );
}
