// Above the results: how many, how fast, under which filters; and the button for explanations.
import type { SearchResponse } from "../api/search.js";
import type { SearchView } from "../search/search-view.js";
import { formatMs, plural } from "../text/numbers.js";
import { ActiveFilters } from "./active-filters.js";
import { Icon } from "./icon.js";

type Props = {
  response: SearchResponse;
  view: SearchView;
  isExplaining: boolean;
  onView(view: SearchView): void;
  onExplain(): void;
};

export function ResultSummary({ response, view, isExplaining, onView, onExplain }: Props) {
  return (
    <div class="summary">
      <p class="summary-count">
        {plural(response.candidates, "document")}
        <span class="summary-time">{formatMs(response.tookMs)}</span>
      </p>
      <ActiveFilters view={view} onView={onView} />
      <button
        type="button"
        class="quiet summary-explain"
        aria-label="Explain"
        aria-keyshortcuts="e"
        aria-pressed={isExplaining}
        onClick={onExplain}
      >
        <Icon name="ladder" />
        Explain
        <kbd>e</kbd>
      </button>
    </div>
  );
}
