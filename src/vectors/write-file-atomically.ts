// How every index file is written: beside its place, flushed, checked, renamed into place, and the folder flushed. Whoever
// stops half-way leaves the old file as it was. The five operations are the seam where tests inject faults.

import { randomBytes } from "node:crypto";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";

export type FileOperations = {
  /** Flushes a file's bytes to the disk. */
  sync(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Flushes the names in a folder to the disk. */
  syncDirectory(directory: string): Promise<void>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; does nothing where there is none. */
  remove(path: string): Promise<void>;
};

export const diskOperations: FileOperations = {
  async sync(path) {
    const file = await open(path, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  async syncDirectory(directory) {
    // Windows cannot open a folder for that; its rename is journalled.
    if (process.platform === "win32") return;
    const handle = await open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  write: (path, bytes) => writeFile(path, bytes),
  remove: (path) => rm(path, { force: true }),
};

/** Ending of files that are being written. One that is found later was left by a process that died. */
export const temporaryEnding = ".tmp";

/**
 * Writes the file at `path` by letting `fill` write another one, which takes its place once it is on the disk and `check`
 * did not throw. On failure the old file stays (but for a failure of the very last step, the folder's flush), the other one
 * is removed and the error says why: DISK_FULL, PATH_NOT_FOUND, the LodestoneError of `fill` or `check`, else
 * FILE_UNREADABLE.
 */
export async function writeFileAtomically(
  path: string,
  fill: (temporaryPath: string) => Promise<void>,
  { check, files = diskOperations }: { check?: (temporaryPath: string) => Promise<void>; files?: FileOperations } = {},
): Promise<void> {
  const temporaryPath = `${path}.${randomBytes(6).toString("hex")}${temporaryEnding}`;
  try {
    await fill(temporaryPath);
    await files.sync(temporaryPath);
    await check?.(temporaryPath);
    await files.rename(temporaryPath, path);
    await files.syncDirectory(dirname(path));
  } catch (cause) {
    // The first failure is the one to report; a leftover is removed by the next build.
    await files.remove(temporaryPath).catch(() => undefined);
    throw writingError(path, cause);
  }
}

/** What a failed write of `path` is to the caller: DISK_FULL, PATH_NOT_FOUND, a LodestoneError as it is, else FILE_UNREADABLE. */
export function writingError(path: string, cause: unknown): LodestoneError {
  if (cause instanceof LodestoneError) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  const options = { cause, detail: { path } };
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new LodestoneError("DISK_FULL", `No space left to write ${path}. Free some and try again.`, options);
  }
  if (code === "ENOENT") {
    return new LodestoneError("PATH_NOT_FOUND", `The folder ${dirname(path)} does not exist (any more).`, options);
  }
  return new LodestoneError("FILE_UNREADABLE", `Could not write ${path}: ${messageOf(cause)}.`, options);
}
