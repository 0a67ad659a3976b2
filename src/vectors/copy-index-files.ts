// Copies index files for a backup while the index is in use. What is whole when it has arrived is kept, the rest is left out:
// everything here can be made anew from the vectors.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import type { FileOperations } from "../files/index.js";
import { decodeHeader, headerPath, payloadPath, verifyGraphFile } from "./graph-file.js";

export type CopiedIndexFiles = {
  /** Paths below the folder that was copied, with forward slashes. */
  copied: string[];
  /** What was left out, and why. */
  left: { path: string; reason: string }[];
};

type Context = { files: FileOperations; signal: AbortSignal };

// A build that ends meanwhile replaces one graph by the next. Builds take minutes: a second try meets no other.
const ATTEMPTS = 3;

/** Copies the graphs in the folder `from`, and in those below it, to the same places below `to`. There may be none. */
export async function copyIndexFiles(from: string, to: string, context: Context): Promise<CopiedIndexFiles> {
  const result: CopiedIndexFiles = { copied: [], left: [] };
  for (const directory of await graphFolders(from)) {
    const place = relative(from, directory);
    try {
      const copies = await copyGraph(directory, join(to, place), context);
      result.copied.push(...copies.map((path) => relative(to, path).split(sep).join("/")));
    } catch (error) {
      if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
      result.left.push({ path: headerPath(directory), reason: messageOf(error) });
    }
  }
  return result;
}

async function graphFolders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const headers = entries.map(({ parentPath, name }) => join(parentPath, name));
  return headers
    .filter((path) => path === headerPath(dirname(path)))
    .map(dirname)
    .sort();
}

async function copyGraph(from: string, to: string, { files, signal }: Context): Promise<string[]> {
  await files.makeDirectory(to);
  for (let attempt = 1; ; attempt++) {
    const bytes = await readFile(headerPath(from));
    const { payloadId } = decodeHeader(bytes, headerPath(from));
    const copies = [headerPath(to), payloadPath(to, payloadId)];
    try {
      await files.copy(payloadPath(from, payloadId), payloadPath(to, payloadId)).catch(unlessMissing);
      await files.write(headerPath(to), bytes);
      await verifyGraphFile(to, undefined, signal);
      return copies;
    } catch (error) {
      for (const path of copies) await files.remove(path);
      if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
      const replaced = !bytes.equals(await readFile(headerPath(from)));
      if (!replaced || attempt === ATTEMPTS) throw error;
    }
  }
}

// The check says of a payload that is not there what that means.
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
