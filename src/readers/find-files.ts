// Finds the files of a target: a file, a folder with all below it, or a glob. The walk and the patterns are tinyglobby's;
// it sees the disk through `listing`, which notes what cannot be read and decides which links are followed.

import type { Dirent, readdir, Stats } from "node:fs";
import { readdir as readFolder, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { type Skip, skipOfError } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import { converterFor, extensionOf, mediaTypeOf } from "./media-type.js";
import { unreadableKind } from "./read-file.js";

export type FoundFile = {
  /** Absolute. */
  path: string;
  /** Relative to the target folder (of a glob: to its part before the first wildcard), with "/" between names. */
  relativePath: string;
  sizeBytes: number;
  modifiedAtMs: number;
};

export type FindOptions = {
  /** Globs, relative to the target folder; only files that match one are found. A pattern without "/" holds at any depth. */
  include?: readonly string[];
  /** Globs of files and folders to leave out, read like `include`. */
  exclude?: readonly string[];
  /** Leave out names that begin with a dot, node_modules and __pycache__. Default true. */
  defaultExcludes?: boolean;
  signal?: AbortSignal;
};

const defaultExcludes = ["**/node_modules", "**/__pycache__"];
/** Files asked for at once while the first of them is handed out. */
const window = 64;

/**
 * The files of `target`, sorted by relative path. In folders, files of kinds without a reader are passed over in silence,
 * but for documents a person would miss (PDF, office files): these are skips, like folders and files that cannot be read.
 * A pattern that ends in an extension finds files of that extension whatever they are; a target that is a file is always found.
 * Links are followed, but for those that lead to a folder inside or above the target, and folder links within linked folders.
 * Throws PATH_NOT_FOUND where the target does not exist or a glob matches nothing.
 */
export async function* findFiles(target: string, options: FindOptions = {}): AsyncGenerator<FoundFile | Skip> {
  const found = await statIfThere(target);
  if (found?.isDirectory()) return yield* walk(resolve(target), options.include ?? ["**"], options);
  if (found) return yield foundFile(resolve(target), basename(target), found);
  if (!isDynamicPattern(target)) {
    throw new LodestoneError("PATH_NOT_FOUND", `There is no file or folder "${target}" (seen from ${process.cwd()}).`, {
      detail: { path: target },
    });
  }
  const { base, pattern } = splitGlob(target);
  let any = false;
  if ((await statIfThere(base))?.isDirectory()) {
    for await (const file of walk(base, [pattern], options)) {
      any = true;
      yield file;
    }
  }
  if (any) return;
  throw new LodestoneError(
    "PATH_NOT_FOUND",
    `No file matches "${target}" in ${base}. Quote the pattern, so that the shell does not expand it.`,
    { detail: { path: target } },
  );
}

async function* walk(
  root: string,
  patterns: readonly string[],
  options: FindOptions,
): AsyncGenerator<FoundFile | Skip> {
  const { exclude = [], defaultExcludes: careful = true, signal } = options;
  const { skips, readFolderEntries } = await listing(root, careful);
  const paths = await glob(patterns.map(anyDepth), {
    cwd: root,
    ignore: [...exclude.map(anyDepth), ...(careful ? defaultExcludes : [])],
    dot: !careful,
    followSymbolicLinks: false,
    fs: { readdir: readFolderEntries },
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  const wanted = paths.filter(isWanted(patterns)).sort();
  yield* skips.sort((a, b) => (a.path < b.path ? -1 : 1));
  const waiting: Promise<FoundFile | Skip>[] = [];
  for (const relativePath of wanted) {
    waiting.push(describe(join(root, relativePath), relativePath));
    signal?.throwIfAborted();
    if (waiting.length >= window) yield (await waiting.shift()) as FoundFile | Skip;
  }
  for (const file of waiting) yield await file;
}

async function describe(path: string, relativePath: string): Promise<FoundFile | Skip> {
  const converter = mediaTypeOf(path) === undefined ? converterFor(path) : undefined;
  if (converter !== undefined) return unreadableKind(path, converter);
  try {
    return foundFile(path, relativePath, await stat(path));
  } catch (error) {
    return skipOfError(path, error);
  }
}

function foundFile(path: string, relativePath: string, { size, mtimeMs }: Stats): FoundFile {
  return { path, relativePath, sizeBytes: size, modifiedAtMs: Math.trunc(mtimeMs) };
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ERR_INVALID_ARG_VALUE")
      return undefined;
    throw new LodestoneError("FILE_UNREADABLE", `"${path}" cannot be read: ${skipOfError(path, error).reason}.`, {
      cause: error,
      detail: { path },
    });
  }
}

/** "docs/**\/*.md" -> the folder docs and the pattern within it. */
function splitGlob(target: string): { base: string; pattern: string } {
  const names = target.split("/");
  const first = names.findIndex((name) => isDynamicPattern(name));
  const base = names.slice(0, first).join("/");
  return {
    base: resolve(base === "" && target.startsWith("/") ? "/" : base),
    pattern: `./${names.slice(first).join("/")}`,
  };
}

function anyDepth(pattern: string): string {
  const negated = pattern.startsWith("!") ? "!" : "";
  const body = pattern.slice(negated.length);
  if (body.startsWith("./")) return negated + body.slice(2);
  return body.includes("/") ? pattern : `${negated}**/${body}`;
}

function isWanted(patterns: readonly string[]): (path: string) => boolean {
  const named = new Set(
    patterns
      .flatMap((pattern) => /\.([\w{},]+)$/.exec(pattern)?.[1]?.toLowerCase().split(/[{},]/) ?? [])
      .filter(Boolean),
  );
  return (path) => mediaTypeOf(path) !== undefined || converterFor(path) !== undefined || named.has(extensionOf(path));
}

type Entry = Pick<Dirent, "name" | "isFile" | "isDirectory" | "isSymbolicLink">;

/** Folder contents with links resolved to what they lead to, and the skips met on the way. */
async function listing(root: string, careful: boolean): Promise<{ skips: Skip[]; readFolderEntries: typeof readdir }> {
  const skips: Skip[] = [];
  const linked = new Set<string>();
  const realRoot = await realpath(root);
  const insideLink = (folder: string) => {
    for (let path = folder; path.length > root.length; path = dirname(path)) if (linked.has(path)) return true;
    return false;
  };
  const leadsAround = (real: string) => isWithin(real, realRoot) || isWithin(realRoot, real);

  async function follow(path: string, entry: Dirent): Promise<Entry | undefined> {
    try {
      const found = await stat(path);
      if (found.isDirectory()) {
        if (insideLink(dirname(path)) || leadsAround(await realpath(path))) return undefined;
        linked.add(path);
      }
      return {
        name: entry.name,
        isFile: () => found.isFile(),
        isDirectory: () => found.isDirectory(),
        isSymbolicLink: () => false,
      };
    } catch (error) {
      skips.push(skipOfError(path, error));
      return undefined;
    }
  }

  async function list(folder: string): Promise<Entry[]> {
    const path = resolve(folder);
    try {
      const entries = await readFolder(path, { withFileTypes: true });
      const resolved = entries
        .filter(({ name }) => !(careful && name.startsWith(".")))
        .map((entry) => (entry.isSymbolicLink() ? follow(join(path, entry.name), entry) : entry));
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

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`));
}
