// Finds the files of a target: a file, a folder with all below it, or a glob. The walk and the patterns are tinyglobby's;
// it sees the disk through `openListing`, which notes what cannot be read and decides which links are followed.

import type { readdir, Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { type GlobOptions, glob, isDynamicPattern } from "tinyglobby";
import { type Skip, skipOfError } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import { openListing } from "./folder-listing.js";
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
  /** Absolute paths: only what is one of them or lies below one is looked at. What is not there is passed over. */
  within?: readonly string[];
  signal?: AbortSignal;
};

const excludedNames = ["node_modules", "__pycache__"];
const defaultExcludes = excludedNames.map((name) => `**/${name}`);
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
  if (any || options.within !== undefined) return;
  throw new LodestoneError(
    "PATH_NOT_FOUND",
    `No file matches "${target}" in ${base}. Quote the pattern, so that the shell does not expand it.`,
    { detail: { path: target } },
  );
}

/** What a target is, and where: the folder, the file, or of a glob the folder above its first wildcard. */
export type TargetPlace = { kind: "folder" | "file" | "glob" | "missing"; path: string };

export async function placeOfTarget(target: string): Promise<TargetPlace> {
  const found = await statIfThere(target);
  if (found) return { kind: found.isDirectory() ? "folder" : "file", path: resolve(target) };
  if (!isDynamicPattern(target)) return { kind: "missing", path: resolve(target) };
  const { base } = splitGlob(target);
  return { kind: (await statIfThere(base))?.isDirectory() ? "glob" : "missing", path: base };
}

/** Whether a path, relative to the target folder, is left out by default: hidden, or in a folder that nobody means. */
export function isLeftOut(relativePath: string): boolean {
  return relativePath.split(sep).some((name) => name.startsWith(".") || excludedNames.includes(name));
}

/**
 * Calls `onFolder` with every folder below `root`, itself included, that a search for files would look into, each before
 * it is listed: whoever starts to watch it there misses nothing.
 */
export async function visitFolders(
  root: string,
  options: FindOptions & { onFolder(path: string): void },
): Promise<void> {
  const { readFolderEntries } = await openListing(root, options);
  await glob(["**"], { ...globOptions(root, options, readFolderEntries), onlyDirectories: true });
  options.signal?.throwIfAborted();
}

async function* walk(
  root: string,
  patterns: readonly string[],
  options: FindOptions,
): AsyncGenerator<FoundFile | Skip> {
  const { signal } = options;
  const { skips, readFolderEntries } = await openListing(root, options);
  const paths = await glob(patterns.map(anyDepth), globOptions(root, options, readFolderEntries));
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

function globOptions(root: string, options: FindOptions, readFolderEntries: typeof readdir): GlobOptions {
  const { exclude = [], defaultExcludes: careful = true, signal } = options;
  return {
    cwd: root,
    ignore: [...exclude.map(anyDepth), ...(careful ? defaultExcludes : [])],
    dot: !careful,
    followSymbolicLinks: false,
    fs: { readdir: readFolderEntries },
    ...(signal === undefined ? {} : { signal }),
  };
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
