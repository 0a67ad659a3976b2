// How to search: words and meaning together, words only, meaning only; and whether the best are read again.
import type { SearchMode } from "../api/search.js";
import { modeNames } from "../explain/stage-name.js";
import type { SearchView } from "../search/search-view.js";

const modes: readonly SearchMode[] = ["hybrid", "lexical", "dense"];

type Props = { view: SearchView; canRerank: boolean; onView(view: SearchView): void };

export function ModeSwitch({ view, canRerank, onView }: Props) {
  return (
    <fieldset class="filter mode">
      <legend class="filter-name">Search by</legend>
      <div class="segmented">
        {modes.map((mode) => (
          <label key={mode} class="segment" title={modeNames[mode].meaning}>
            <input type="radio" name="mode" checked={view.mode === mode} onChange={() => onView({ ...view, mode })} />
            <span>{modeNames[mode].name}</span>
          </label>
        ))}
      </div>
      <p class="mode-meaning">{modeNames[view.mode].meaning}</p>
      {canRerank && (
        <label class="switch">
          <span>
            Rerank
            <span class="switch-meaning">Reads the best ones closely</span>
          </span>
          <input
            type="checkbox"
            role="switch"
            aria-checked={view.rerank}
            checked={view.rerank}
            onChange={(event) => onView({ ...view, rerank: event.currentTarget.checked })}
          />
        </label>
      )}
    </fieldset>
  );
}
