// What a key means in the search field while suggestions may be shown: the editable combobox with list autocomplete of the ARIA
// Authoring Practices Guide. The focus stays in the field; one suggestion can be active.

export type ListAction =
  | { kind: "activate"; index: number | undefined }
  | { kind: "take"; index: number }
  | { kind: "open" }
  | { kind: "close" };

export type ListState = { count: number; active: number | undefined };

type KeyPress = { key: string; altKey: boolean; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean };

/**
 * undefined: the key means what it means without a list. `isOwn`: the browser's own answer to it is withheld. Behind the last suggestion
 * stands the text that was typed, and the first one behind that.
 */
export function listAction(
  press: KeyPress,
  { count, active }: ListState,
): { action: ListAction; isOwn: boolean } | undefined {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = press;
  if (ctrlKey || metaKey) return undefined;
  const own = (action: ListAction) => ({ action, isOwn: true });
  if (count === 0) return altKey && key === "ArrowDown" ? own({ kind: "open" }) : undefined;
  if (altKey) return key === "ArrowUp" ? own({ kind: "close" }) : undefined;
  switch (key) {
    case "ArrowDown":
      return own({ kind: "activate", index: active === undefined ? 0 : active + 1 < count ? active + 1 : undefined });
    case "ArrowUp":
      return own({ kind: "activate", index: active === undefined ? count - 1 : active > 0 ? active - 1 : undefined });
    case "Enter":
      return active === undefined ? { action: { kind: "close" }, isOwn: false } : own({ kind: "take", index: active });
    case "Escape":
      return own({ kind: "close" });
    case "Tab":
      return { action: { kind: "close" }, isOwn: false };
    case "ArrowLeft":
    case "ArrowRight":
    case "Home":
    case "End":
      // They move in the text, to which the reader has gone back.
      return active === undefined || shiftKey
        ? undefined
        : { action: { kind: "activate", index: undefined }, isOwn: false };
    default:
      return undefined;
  }
}
