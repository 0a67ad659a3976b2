// What could not be read: a file, or one line of it. Skips are yielded beside the documents, so that the rest goes on.

import { messageOf } from "../errors.js";

/** `line` counts from 1. `reason` says what was found, `hint` what to do about it. */
export type Skip = { path: string; line?: number; reason: string; hint: string };

export function isSkip(value: object): value is Skip {
  return "reason" in value && "hint" in value;
}

const causes: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: ["permission denied", "Allow this user to read it, or exclude it."],
  EPERM: ["permission denied", "Allow this user to read it, or exclude it."],
  ENOENT: ["it does not exist (removed since it was listed, or a link that leads nowhere)", "Index again."],
  ENOTDIR: ["a part of its path is not a folder", "Index again."],
  EISDIR: ["it is a folder", "Name the folder itself as a target, so that the files in it are read."],
  ELOOP: ["its symbolic links run in a circle", "Mend or remove the links."],
  ENAMETOOLONG: ["its path is too long for the system", "Move it nearer to the root."],
  EMFILE: ["too many files are open", "Raise the limit (ulimit -n) and index again."],
  ENFILE: ["too many files are open on this machine", "Index again later."],
  EIO: ["the disk reported an error", "Check the disk, then index again."],
};

/** A skip for an error of the file system; anything else is no matter of one file and is thrown on. */
export function skipOfError(path: string, error: unknown): Skip {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const known = code === undefined ? undefined : causes[code];
  if (known) return { path, reason: `${known[0]} (${code})`, hint: known[1] };
  if (code !== undefined && (error as NodeJS.ErrnoException).syscall !== undefined) {
    return { path, reason: messageOf(error), hint: "Check that the file can be opened, then index again." };
  }
  throw error;
}
