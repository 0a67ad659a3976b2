// Puts a model's folder into its place: files copied beside, flushed, renamed in whole. A model that is half there is
// never seen, whatever stops the import.

import { existsSync } from "node:fs";
import { copyFile, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Manifest } from "./manifest.js";

export const manifestName = "manifest.json";

export async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  await rm(to, { recursive: true, force: true });
  for (const path of files) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path));
    await flush(join(to, path), "r+");
  }
}

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const path = join(directory, manifestName);
  const beside = `${path}.new`;
  const handle = await open(beside, "w");
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, path);
  await flushFolder(directory);
}

/** Renames `staged` to `target`; a folder that is there goes once the new one has its place. */
export async function swapIn(staged: string, target: string): Promise<void> {
  const replaced = `${staged}.replaced`;
  await rm(replaced, { recursive: true, force: true });
  const replaces = existsSync(target);
  if (replaces) await rename(target, replaced);
  try {
    await rename(staged, target);
  } catch (error) {
    if (replaces) await rename(replaced, target);
    throw error;
  }
  await flushFolder(dirname(target));
  await rm(replaced, { recursive: true, force: true });
}

// Windows cannot open a folder for that; its rename is journalled.
async function flushFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await flush(path, "r");
}

async function flush(path: string, flags: "r" | "r+"): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
