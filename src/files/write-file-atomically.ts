// How every index file is written: beside its place, flushed, checked, renamed into place, and the folder flushed. Whoever
// stops half-way leaves the old file as it was.

import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import { diskOperations, type FileOperations } from "./file-operations.js";

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
    throw writeFailure(path, cause);
  }
}

/** The error for a failed write of `path`: DISK_FULL, PATH_NOT_FOUND, `cause` itself where it is a LodestoneError, else FILE_UNREADABLE. */
export function writeFailure(path: string, cause: unknown): LodestoneError {
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
