// Copies stored lexical indexes for a backup while they are in use. One that is not whole when it has arrived is left out:
// it can be made anew of the texts.

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import type { FileOperations } from "../files/index.js";
import { checkStoredSegment, decodeSegmentList, lexicalFolder, segmentListPath } from "./lexical-files.js";

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
  const folders = lists
    .map((path) => dirname(dirname(path)))
    .filter((folder, i) => lists[i] === segmentListPath(folder));
  for (const directory of folders.sort()) {
    const target = join(to, relative(from, directory));
    try {
      const copies = await copyIndex(directory, target, context);
      result.copied.push(...copies.map((path) => relative(to, path).split(sep).join("/")));
    } catch (error) {
      await context.files.remove(lexicalFolder(target));
      if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
      result.left.push({ path: segmentListPath(directory), reason: messageOf(error) });
    }
  }
  return result;
}

async function copyIndex(from: string, to: string, { files, signal }: Context): Promise<string[]> {
  await files.makeDirectory(lexicalFolder(to));
  for (let attempt = 1; ; attempt++) {
    const bytes = await readFile(segmentListPath(from));
    const { segments } = decodeSegmentList(bytes, segmentListPath(from));
    const copies = segments.map((name) => join(lexicalFolder(to), name));
    try {
      for (const copy of copies) {
        if (signal.aborted) throw new LodestoneError("ABORTED", "The copy of the index files was stopped.");
        await files.copy(join(lexicalFolder(from), basename(copy)), copy).catch(unlessMissing);
        checkStoredSegment(copy);
      }
      await files.write(segmentListPath(to), bytes);
      return [...copies, segmentListPath(to)];
    } catch (error) {
      for (const copy of copies) await files.remove(copy);
      if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
      const replaced = !bytes.equals(await readFile(segmentListPath(from)));
      if (!replaced || attempt === ATTEMPTS) throw error;
    }
  }
}

// The check says of a segment that is not there what that means.
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
