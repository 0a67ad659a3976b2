// From a key press to what it means on this page. Keys with Ctrl, Alt or Meta belong to the browser.

export type Shortcut = "focus-search" | "next" | "previous" | "explain" | "keys" | "escape";

export type KeyPress = { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean };

/** Where the focus is. Letters typed into a field are text; arrows inside a panel scroll it. */
export type FocusPlace = "page" | "search" | "results" | "field" | "panel" | "dialog";

export function shortcutOf(press: KeyPress, place: FocusPlace): Shortcut | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey || place === "dialog") return undefined;
  if (press.key === "Escape") return "escape";
  if (press.key === "ArrowDown" || press.key === "ArrowUp") {
    if (place === "field" || place === "panel") return undefined;
    return press.key === "ArrowDown" ? "next" : "previous";
  }
  if (place === "search" || place === "field") return undefined;
  switch (press.key) {
    case "/":
      return "focus-search";
    case "e":
      return "explain";
    case "?":
      return "keys";
    default:
      return undefined;
  }
}
