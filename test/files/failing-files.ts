// File operations of which one fails: the first, the second, and so on, as a test counts up.

import { diskOperations, type FileOperations } from "../../src/files/file-operations.js";

/** The disk's operations, but call number `call` (from 0) throws `error`; `failed` names the operation that did. */
export function failingAt(call: number, error: Error): FileOperations & { failed?: keyof FileOperations } {
  let calls = 0;
  const files: FileOperations & { failed?: keyof FileOperations } = { ...diskOperations };
  for (const name of ["sync", "rename", "syncDirectory", "write", "copy", "makeDirectory", "remove"] as const) {
    const real = diskOperations[name] as (...rest: unknown[]) => Promise<void>;
    Object.assign(files, {
      [name]: async (...rest: unknown[]) => {
        if (calls++ === call) {
          files.failed = name;
          throw error;
        }
        await real(...rest);
      },
    });
  }
  return files;
}
