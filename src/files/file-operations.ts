// What is done to files that must survive a power cut. These operations are the seam where tests inject faults.

import { constants } from "node:fs";
import { copyFile, mkdir, open, rename, rm, writeFile } from "node:fs/promises";

export type FileOperations = {
  /** Flushes a file's bytes to the disk. */
  sync(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Flushes the names in a folder to the disk. */
  syncDirectory(directory: string): Promise<void>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Makes a folder and those above it. */
  makeDirectory(directory: string): Promise<void>;
  /** Removes a file, or a folder with all that is in it; does nothing where there is none. */
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
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE),
  async makeDirectory(directory) {
    await mkdir(directory, { recursive: true });
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
};
