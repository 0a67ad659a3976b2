// A part that scrolls sideways where there is no room for it: it can be reached and scrolled with the keyboard just where it does.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

type ScrollableProps<T> = { ref: RefObject<T | null>; tabIndex?: 0; role?: "region"; "aria-label"?: string };

/** What the element is to be given; `label` says what is in it. */
export function useScrollable<T extends HTMLElement>(label: string): ScrollableProps<T> {
  const ref = useRef<T>(null);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => setScrolls(element.scrollWidth > element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    for (const part of [element, ...element.children]) observer.observe(part);
    return () => observer.disconnect();
  }, []);
  return { ref, ...(scrolls ? { tabIndex: 0, role: "region", "aria-label": label } : {}) };
}
