// Before anything is asked: what this library holds and where one could start.
import { useMemo } from "preact/hooks";
import type { Facets } from "../api/facets.js";
import type { Status } from "../api/status.js";
import { folderLevel, folderTree } from "../search/folder-tree.js";
import type { SearchView } from "../search/search-view.js";
import { mediaTypeName } from "../text/media-type-name.js";
import { modelName } from "../text/model-name.js";
import { formatBytes, formatCount } from "../text/numbers.js";
import { ActiveFilters } from "./active-filters.js";

const foldersShown = 6;
const innerFoldersShown = 3;

type Props = { status: Status; facets: Facets; view: SearchView; onView(view: SearchView): void };

export function Overview({ status, facets, view, onView }: Props) {
  const folders = useMemo(() => {
    const tree = folderTree(facets.folders);
    return folderLevel(tree, view.folder)
      .below.slice(0, foldersShown)
      .map((folder) => ({ ...folder, inner: folderLevel(tree, folder.path).below.slice(0, innerFoldersShown) }));
  }, [facets, view.folder]);
  const most = Math.max(1, ...folders.map(({ count }) => count));
  const { library, generation, models } = status;
  return (
    <section class="overview" aria-label="In this library">
      <dl class="figures">
        <Figure name="documents" value={formatCount(library.documents)} />
        <Figure name="passages" value={formatCount(library.chunks)} />
        <Figure name="on disk" value={formatBytes(library.bytes)} />
      </dl>
      <p class="overview-models">
        Vectors of {generation.dimensions} dimensions by <b>{modelName(models.biEncoder)}</b>
        {models.crossEncoder !== null && (
          <>
            , reranked by <b>{modelName(models.crossEncoder)}</b>
          </>
        )}
        .
      </p>
      <ActiveFilters view={view} onView={onView} />
      {folders.length > 0 && (
        <>
          <h2 class="overview-title">Start in a folder</h2>
          <ul class="places">
            {folders.map(({ path, name, count, inner }) => (
              <li key={path}>
                <button type="button" class="place" onClick={() => onView({ ...view, folder: path })}>
                  <span class="place-name">{name}</span>
                  <span class="place-count">{formatCount(count)}</span>
                  <svg class="place-bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="place-track" width="100" height="2" />
                    <rect class="place-fill" width={(100 * count) / most} height="2" />
                  </svg>
                  {inner.length > 0 && <span class="place-inner">{inner.map((folder) => folder.name).join(", ")}</span>}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2 class="overview-title">Or ask in your own words</h2>
      <p class="overview-hint">
        A question, an error message, a half-remembered phrase. Words are matched as written and by what they mean
        {facets.types.length > 0 && `, in ${listing(facets.types.map(({ value }) => mediaTypeName(value)))}`}.
      </p>
    </section>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function listing(names: readonly string[]): string {
  return new Intl.ListFormat("en").format([...new Set(names)]);
}
