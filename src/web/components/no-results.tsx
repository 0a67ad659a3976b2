// Nothing found: says so, and offers each way out as a button.
import type { SearchView } from "../search/search-view.js";
import { filterCount } from "../search/search-view.js";

export function NoResults({ view, onView }: { view: SearchView; onView(view: SearchView): void }) {
  return (
    <section class="state" aria-label="No results">
      <h2 class="state-title">Nothing found</h2>
      <p>
        No document answers <q>{view.query.trim()}</q>
        {filterCount(view) > 0 && " under these filters"}.
      </p>
      <div class="state-actions">
        {filterCount(view) > 0 && (
          <button type="button" class="button" onClick={() => onView({ ...view, folder: undefined, types: [] })}>
            Search without filters
          </button>
        )}
        {view.mode !== "hybrid" && (
          <button type="button" class="button" onClick={() => onView({ ...view, mode: "hybrid" })}>
            Search by words and meaning
          </button>
        )}
      </div>
      {view.mode === "hybrid" && filterCount(view) === 0 && (
        <p class="state-hint">Fewer or more general words may help.</p>
      )}
    </section>
  );
}
