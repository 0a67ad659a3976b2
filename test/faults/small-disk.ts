// A disk of a given size, for tests of what happens when it is full: a tmpfs, where this user may mount one.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

export type SmallDisk = { path: string; resize(kibibytes: number): void };

/** undefined where no file system can be mounted; the test is skipped then. */
export function mountSmallDisk(t: TestContext, kibibytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), "lodestone-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    rmSync(path, { recursive: true });
    t.skip("needs the right to mount a tmpfs");
    return undefined;
  }
  t.after(() => {
    // Lazily: hooks run in the order they were added, and those to come close files on it.
    execFileSync("umount", ["--lazy", path]);
    rmSync(path, { recursive: true });
  });
  return {
    path,
    resize: (size) => execFileSync("mount", ["-o", `remount,size=${size}k`, path]),
  };
}
