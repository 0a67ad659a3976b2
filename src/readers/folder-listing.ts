// What a walk sees of the disk: the contents of folders with links resolved to what they lead to, without hidden names, and
// on request only what lies on the way to given paths and below them. Notes what cannot be read.

import type { Dirent, readdir, Stats } from "node:fs";
import { lstat, readdir as readFolder, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type Skip, skipOfError } from "../documents/index.js";

export type ListingOptions = {
  /** Leave out names that begin with a dot. Default true. */
  defaultExcludes?: boolean;
  /** Absolute paths: of every other branch nothing is seen. */
  within?: readonly string[];
  /** Called with each folder before it is listed. */
  onFolder?(path: string): void;
};

export type Listing = {
  /** What was met on the way and cannot be read. */
  skips: Skip[];
  /** For a walk that takes the file system as an argument. */
  readFolderEntries: typeof readdir;
};

type Entry = Pick<Dirent, "name" | "isFile" | "isDirectory" | "isSymbolicLink">;

/** The folders at and below `root`. Links that lead to a folder inside or above it, or lie in a linked folder, are not followed. */
export async function openListing(
  root: string,
  { defaultExcludes: careful = true, within, onFolder }: ListingOptions,
): Promise<Listing> {
  const skips: Skip[] = [];
  const linked = new Set<string>();
  const realRoot = await realpath(root).catch((error: unknown) => {
    skips.push(skipOfError(root, error));
    return root;
  });
  const wanted = within === undefined ? undefined : namesOnTheWay(root, within);
  const insideLink = (folder: string) => {
    for (let path = folder; path.length > root.length; path = dirname(path)) if (linked.has(path)) return true;
    return false;
  };
  const leadsAround = (real: string) => isWithin(real, realRoot) || isWithin(realRoot, real);

  async function follow(path: string, name: string): Promise<Entry | undefined> {
    try {
      const found = await stat(path);
      if (found.isDirectory()) {
        if (insideLink(dirname(path)) || leadsAround(await realpath(path))) return undefined;
        linked.add(path);
      }
      return entryOf(name, found);
    } catch (error) {
      skips.push(skipOfError(path, error));
      return undefined;
    }
  }

  async function list(folder: string): Promise<Entry[]> {
    const path = resolve(folder);
    const names = wanted?.(path);
    try {
      onFolder?.(path);
      const entries = names === undefined ? await readFolder(path, { withFileTypes: true }) : await look(path, names);
      const resolved = entries
        .filter(({ name }) => !(careful && name.startsWith(".")))
        .map((entry) => (entry.isSymbolicLink() ? follow(join(path, entry.name), entry.name) : entry));
      return (await Promise.all(resolved)).filter((entry) => entry !== undefined);
    } catch (error) {
      skips.push(skipOfError(path, error));
      return [];
    }
  }

  const readFolderEntries = (
    folder: string,
    _options: unknown,
    done: (error: Error | null, entries?: Entry[]) => void,
  ) => {
    list(folder).then(
      (entries) => done(null, entries),
      (error: unknown) => done(error as Error),
    );
  };
  return { skips, readFolderEntries: readFolderEntries as unknown as typeof readdir };
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`));
}

/** For each folder at or below `root` the names in it that lead to `paths`; undefined where all of them are wanted. */
function namesOnTheWay(root: string, paths: readonly string[]): (folder: string) => Iterable<string> | undefined {
  const ends = new Set(paths);
  if (paths.some((path) => isWithin(root, path))) return () => undefined;
  const ways = new Map<string, Set<string>>();
  for (const path of paths) {
    for (let at = path; at.length > root.length; at = dirname(at)) {
      const folder = dirname(at);
      const names = ways.get(folder) ?? new Set();
      ways.set(folder, names.add(at.slice(folder.endsWith(sep) ? folder.length : folder.length + 1)));
    }
  }
  return (folder) => {
    for (let at = folder; at.length > root.length; at = dirname(at)) if (ends.has(at)) return undefined;
    return ways.get(folder) ?? [];
  };
}

async function look(folder: string, names: Iterable<string>): Promise<Entry[]> {
  const entries = Array.from(names, async (name) => {
    try {
      return entryOf(name, await lstat(join(folder, name)));
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    }
  });
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

function entryOf(name: string, found: Stats): Entry {
  return {
    name,
    isFile: () => found.isFile(),
    isDirectory: () => found.isDirectory(),
    isSymbolicLink: () => found.isSymbolicLink(),
  };
}
