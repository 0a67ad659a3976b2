// Whether a change of the search makes a new entry in the browser's history or rewrites the present one. Letters typed one
// after another are one step; a search that was looked at for a while, and any change of a filter, can be gone back to.
import type { SearchView } from "./search-view.js";
import { formatSearchView } from "./search-view.js";

/** A search that stood still this long counts as looked at. */
export const settledAfterMs = 1500;

export function historyStep(previous: SearchView, next: SearchView, stoodMs: number): "none" | "push" | "replace" {
  if (formatSearchView(previous) === formatSearchView(next)) return "none";
  const onlyTyped = formatSearchView({ ...previous, query: next.query }) === formatSearchView(next);
  return onlyTyped && stoodMs < settledAfterMs ? "replace" : "push";
}
