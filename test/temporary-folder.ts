// Folders for tests. They go when the process of the test file ends: hooks run in the order in which they are given, so that one which
// removed a folder would run before the one that closes what is open in it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/** A new, empty folder. */
export function temporaryFolder(): string {
  if (folders.length === 0) {
    process.once("exit", () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "lodestone-test-"));
  folders.push(folder);
  return folder;
}
