// Reading and writing an open file in the calling thread, whole or with an error that says what is wrong.

import { openSync, readSync, writeSync } from "node:fs";
import { LodestoneError, messageOf } from "../errors.js";

/** The file at `path`; undefined where there is none. Throws FILE_UNREADABLE naming it. */
export function openExisting(path: string, flags: "r" | "r+"): number | undefined {
  try {
    return openSync(path, flags);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new LodestoneError("FILE_UNREADABLE", `The file ${path} cannot be opened: ${messageOf(cause)}.`, {
      cause,
      detail: { path },
    });
  }
}

/** Reads `bytes` bytes to the start of `target`; returns how many there were. */
export function readAt(file: number, target: Uint8Array, bytes: number, position: number): number {
  let read = 0;
  while (read < bytes) {
    const more = readSync(file, target, read, bytes - read, position + read);
    if (more === 0) break;
    read += more;
  }
  return read;
}

/** A disk that is nearly full takes a part of what it is given: asking for the rest brings the error. */
export function writeAt(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}
