// Everything that narrows or steers a search. A column beside the results; on a narrow window it folds behind a button.
import { useState } from "preact/hooks";
import type { Library } from "../hooks/use-library.js";
import type { SearchView } from "../search/search-view.js";
import { filterCount } from "../search/search-view.js";
import { FolderFilter } from "./folder-filter.js";
import { Icon } from "./icon.js";
import { ModeSwitch } from "./mode-switch.js";
import { TypeFilter } from "./type-filter.js";

type Props = { view: SearchView; library: Library; inert: boolean; onView(view: SearchView): void };

export function FilterRail({ view, library, inert, onView }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { status, facets } = library;
  const count = filterCount(view);
  return (
    <aside class="rail" inert={inert} aria-label="Filters">
      <button type="button" class="rail-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="filter" />
        Filters
        {count > 0 && <span class="rail-count">{count}</span>}
      </button>
      <div class={isOpen ? "rail-body open" : "rail-body"}>
        <ModeSwitch view={view} canRerank={status?.models.crossEncoder !== null} onView={onView} />
        {facets !== undefined && facets.folders.length > 0 && (
          <FolderFilter
            folders={facets.folders}
            chosen={view.folder}
            onChoose={(folder) => onView({ ...view, folder })}
          />
        )}
        {facets !== undefined && facets.types.length > 0 && (
          <TypeFilter types={facets.types} chosen={view.types} onChoose={(types) => onView({ ...view, types })} />
        )}
      </div>
    </aside>
  );
}
