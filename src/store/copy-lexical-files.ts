// Copies stored lexical indexes for a backup while they are in use. One that is not whole when it has arrived is left out:
// it can be made anew of the texts.

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import type { FileOperations } from "../files/index.js";
import {
  checkStoredSegment,
  decodeSegmentList,
  type LexicalFolder,
  lexicalFolder,
  lexicalFolders,
  segmentListPath,
} from "./lexical-files.js";

export type CopiedLexicalFiles = {
  /** Paths below the folder that was copied, with forward slashes. */
  copied: string[];
  /** What was left out, and why. */
  left: { path: string; reason: string }[];
};

type Context = { files: FileOperations; signal: AbortSignal };

// A save that ends meanwhile removes segments that were merged. Saves are seconds apart.
const ATTEMPTS = 3;

/** Copies the indexes in the folders below `from` to the same places below `to`. There may be none. Throws ABORTED. */
export async function copyLexicalFiles(from: string, to: string, context: Context): Promise<CopiedLexicalFiles> {
  const result: CopiedLexicalFiles = { copied: [], left: [] };
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
  const lists = entries.map(({ parentPath, name }) => join(parentPath, name));
  const found = lists.sort().flatMap((path) => {
    const directory = dirname(dirname(path));
    const folder = lexicalFolders.find((folder) => path === segmentListPath(directory, folder));
    return folder === undefined ? [] : [{ directory, folder }];
  });
  for (const { directory, folder } of found) {
    const target = join(to, relative(from, directory));
    try {
      const copies = await copyIndex(directory, target, folder, context);
      result.copied.push(...copies.map((path) => relative(to, path).split(sep).join("/")));
    } catch (error) {
      await context.files.remove(lexicalFolder(target, folder));
      if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
      result.left.push({ path: segmentListPath(directory, folder), reason: messageOf(error) });
    }
  }
  return result;
}

async function copyIndex(
  fromDirectory: string,
  toDirectory: string,
  folder: LexicalFolder,
  { files, signal }: Context,
): Promise<string[]> {
  const [from, to] = [lexicalFolder(fromDirectory, folder), lexicalFolder(toDirectory, folder)];
  const [list, copiedList] = [segmentListPath(fromDirectory, folder), segmentListPath(toDirectory, folder)];
  await files.makeDirectory(to);
  for (let attempt = 1; ; attempt++) {
    const bytes = await readFile(list);
    const { segments } = decodeSegmentList(bytes, list);
    const copies = segments.map((name) => join(to, name));
    try {
      for (const copy of copies) {
        if (signal.aborted) throw new LodestoneError("ABORTED", "The copy of the index files was stopped.");
        await files.copy(join(from, basename(copy)), copy).catch(unlessMissing);
        checkStoredSegment(copy);
      }
      await files.write(copiedList, bytes);
      return [...copies, copiedList];
    } catch (error) {
      for (const copy of copies) await files.remove(copy);
      if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
      const replaced = !bytes.equals(await readFile(list));
      if (!replaced || attempt === ATTEMPTS) throw error;
    }
  }
}

// The check says of a segment that is not there what that means.
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
