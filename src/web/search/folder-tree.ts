// The folders of a library for the filter: where one stands (the way up) and what lies directly below.
// A facet's count covers a folder and everything below it, as the filter does.
import type { FacetCount } from "../api/facets.js";

export type FolderTree = { counts: ReadonlyMap<string, number>; children: ReadonlyMap<string, readonly string[]> };

export type FolderLevel = {
  /** From below the top to the chosen folder, which is included; empty at the top. */
  way: { path: string; name: string }[];
  /** Folders below the chosen one, most documents first. A chain of single folders is one entry. */
  below: { path: string; name: string; count: number }[];
};

/** Servers may list only the folders that hold files; the folders above them get the sum of what is below. */
export function folderTree(folders: readonly FacetCount[]): FolderTree {
  const counts = new Map(folders.filter(({ value }) => value !== "").map(({ value, count }) => [value, count]));
  const listed = new Set(counts.keys());
  const children = new Map<string, string[]>();
  // Deepest first, so that what a missing folder sums up is complete when its turn comes.
  const all = [...new Set([...listed].flatMap(withAncestors))].sort((a, b) => depth(b) - depth(a));
  for (const path of all) {
    const below = children.get(path) ?? [];
    if (!listed.has(path))
      counts.set(
        path,
        below.reduce((sum, child) => sum + (counts.get(child) ?? 0), 0),
      );
    const siblings = children.get(parentOf(path));
    if (siblings === undefined) children.set(parentOf(path), [path]);
    else siblings.push(path);
  }
  return { counts, children };
}

export function folderLevel(tree: FolderTree, chosen: string | undefined): FolderLevel {
  const { counts, children } = tree;
  const foldChain = (path: string): string => {
    const [only, ...others] = children.get(path) ?? [];
    // A step that leads to one place only is no choice: "a" that holds nothing but "a/b" is shown as "a/b".
    const isChain = only !== undefined && others.length === 0 && counts.get(only) === counts.get(path);
    return isChain ? foldChain(only) : path;
  };
  const top = topFolder(tree);
  const start = chosen ?? top;
  const prefixChars = start === "" ? 0 : start.length + 1;
  return {
    way: withAncestors(chosen ?? "")
      .filter((path) => path.length > top.length)
      .map((path) => ({ path, name: lastName(path) })),
    below: (children.get(start) ?? [])
      .map(foldChain)
      .map((path) => ({ path, name: path.slice(prefixChars), count: counts.get(path) ?? 0 }))
      .sort((a, b) => b.count - a.count || (a.path < b.path ? -1 : 1)),
  };
}

// A library made from one folder has that folder above everything; the choices begin below it.
function topFolder({ children }: FolderTree): string {
  let top = "";
  for (;;) {
    const [only, ...others] = children.get(top) ?? [];
    if (only === undefined || others.length > 0) return top;
    top = only;
  }
}

function withAncestors(path: string): string[] {
  const names = path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/")).filter((ancestor) => ancestor !== "");
}

function depth(path: string): number {
  return path.split("/").length;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
