// Listens for the page's keys. What each means is decided in search/shortcut.ts; the places are marked in the page by
// data-place.
import { useEffect, useRef } from "preact/hooks";
import type { FocusPlace, Shortcut } from "../search/shortcut.js";
import { shortcutOf } from "../search/shortcut.js";

/** `act` returns whether it did something; only then is the browser's own answer to the key withheld. */
export function useShortcuts(act: (shortcut: Shortcut) => boolean): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const shortcut = shortcutOf(event, placeOf(document.activeElement));
      if (shortcut !== undefined && latest.current(shortcut)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function placeOf(element: Element | null): FocusPlace {
  if (element === null || element === document.body) return "page";
  if (element.closest("dialog[open]") !== null) return "dialog";
  const place = element.closest<HTMLElement>("[data-place]")?.dataset.place;
  if (place === "search" || place === "results" || place === "panel") return place;
  return element.matches("input, select, textarea, [role=radio]") ? "field" : "page";
}
