// Everything that narrows or steers a search.
import type { Library } from "../hooks/use-library.js";
import type { SearchView } from "../search/search-view.js";
import { filterCount } from "../search/search-view.js";
import { FolderFilter } from "./folder-filter.js";
import { ModeSwitch } from "./mode-switch.js";
import { Rail } from "./rail.js";
import { TypeFilter } from "./type-filter.js";

type Props = { view: SearchView; library: Library; inert: boolean; onView(view: SearchView): void };

export function FilterRail({ view, library, inert, onView }: Props) {
  const { status, facets } = library;
  return (
    <Rail count={filterCount(view)} inert={inert}>
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
    </Rail>
  );
}
