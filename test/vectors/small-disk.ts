// File systems of a given size, and such that cannot be written, for as long as a test lasts.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

export type SmallDisk = { directory: string; makeReadOnly(): void; makeWritable(): void };

/** A file system of `kibibytes`, or the reason why there is none. */
export function mountSmallDisk(t: TestContext, kibibytes: number): SmallDisk | { missing: string } {
  const directory = mkdtempSync(join(tmpdir(), "lodestone-disk-"));
  const mount = (...options: string[]) => spawnSync("mount", [...options, directory], { encoding: "utf8" });
  const { status, stderr, error } = mount("-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs");
  t.after(() => {
    // Lazily: a file that a test left open must not keep it mounted.
    if (status === 0) spawnSync("umount", ["-l", directory]);
    rmSync(directory, { recursive: true });
  });
  if (status !== 0) return { missing: `no file system can be mounted here: ${error?.message ?? stderr.trim()}` };
  return {
    directory,
    makeReadOnly: () => void mount("-o", "remount,ro"),
    makeWritable: () => void mount("-o", "remount,rw"),
  };
}
