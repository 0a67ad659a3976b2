// Moves the focus along the list that is shown, of results or of documents. The focus is the selection: Enter on a focused item
// follows its link.

/** One item on (1) or back (-1); back from the first leads to the field above. False where there is nowhere to go. */
export function walkList(step: 1 | -1, field: HTMLElement | null): boolean {
  const links = [...document.querySelectorAll<HTMLElement>(".hit-link, .document-link")];
  const at = links.findIndex((link) => link.closest("li")?.contains(document.activeElement) === true);
  if (at === -1 && step === -1) return false;
  const target = at + step < 0 ? field : links[Math.min(at + step, links.length - 1)];
  target?.focus();
  return target !== undefined && target !== null;
}

/** Gives the focus back to the result that a closed document was opened from. */
export function focusHit(id: string, otherwise: HTMLElement | null): void {
  const link = document.querySelector<HTMLElement>(`[data-hit="${CSS.escape(id)}"] .hit-link`);
  (link ?? otherwise)?.focus();
}

/** The same for a document of the list of documents. */
export function focusDocument(id: string, otherwise: HTMLElement | null): void {
  const link = document.querySelector<HTMLElement>(`[data-document="${CSS.escape(id)}"] .document-link`);
  (link ?? otherwise)?.focus();
}
