// Choosing a folder: the way from the top to the chosen one, and the folders directly below it.
import { useMemo, useState } from "preact/hooks";
import type { FacetCount } from "../api/facets.js";
import { folderLevel, folderTree } from "../search/folder-tree.js";
import { formatCount } from "../text/numbers.js";

const shownAtFirst = 8;

type Props = { folders: readonly FacetCount[]; chosen: string | undefined; onChoose(folder: string | undefined): void };

export function FolderFilter({ folders, chosen, onChoose }: Props) {
  const tree = useMemo(() => folderTree(folders), [folders]);
  const { way, below } = useMemo(() => folderLevel(tree, chosen), [tree, chosen]);
  const [expandedAt, setExpandedAt] = useState<string | null>(null);
  if (below.length === 0 && chosen === undefined) return null;
  const isExpanded = expandedAt === (chosen ?? "");
  const shown = isExpanded ? below : below.slice(0, shownAtFirst);
  return (
    <fieldset class="filter folders">
      <legend class="filter-name">Folder</legend>
      {chosen !== undefined && (
        <ol class="folder-way">
          <li>
            <button type="button" class="folder-up" onClick={() => onChoose(undefined)}>
              All folders
            </button>
          </li>
          {way.map(({ path, name }) => (
            <li key={path}>
              <button
                type="button"
                class="folder-up"
                aria-current={path === chosen ? "true" : undefined}
                onClick={() => onChoose(path)}
              >
                {name}
              </button>
            </li>
          ))}
        </ol>
      )}
      <ul class={isExpanded ? "folder-list expanded" : "folder-list"}>
        {shown.map(({ path, name, count }) => (
          <li key={path}>
            <button type="button" class="choice" onClick={() => onChoose(path)} title={path}>
              <span class="choice-name">{name}</span>
              <span class="choice-count">{formatCount(count)}</span>
            </button>
          </li>
        ))}
      </ul>
      {below.length > shown.length && (
        <button type="button" class="quiet" onClick={() => setExpandedAt(chosen ?? "")}>
          {formatCount(below.length - shown.length)} more
        </button>
      )}
    </fieldset>
  );
}
