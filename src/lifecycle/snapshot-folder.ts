// The folder that holds snapshots, each in a folder of its own that is named after the time it was made. What is being written
// or removed has another name until it is whole or gone, so that whatever stops the work half-way is told from a snapshot and
// cleared away by the next run.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { LodestoneError } from "../errors.js";
import { type FileOperations, writeFailure } from "../files/index.js";
import { type Lock, takeLock } from "../store/index.js";
import { decodeManifest, manifestName, type SnapshotManifest } from "./snapshot-manifest.js";

export type SnapshotInfo = Omit<SnapshotManifest, "files" | "format"> & {
  path: string;
  files: number;
  bytes: number;
};

/** A folder with the name of a snapshot: one whose snapshot.json is in order, or why it is not. */
export type ListedSnapshot =
  | ({ state: "complete" } & SnapshotInfo)
  | { state: "damaged"; name: string; path: string; reason: string };

const UNFINISHED = ".partial";
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;

/** The name of a snapshot made at `ms`: ISO 8601 with hyphens for colons, which some file systems refuse. Sorts by time. */
export function snapshotName(ms: number): string {
  return new Date(ms).toISOString().replaceAll(":", "-");
}

/** Where a snapshot is written until it is whole. */
export function unfinishedPath(directory: string, name: string): string {
  return join(directory, name + UNFINISHED);
}

/** The snapshots in `directory`, oldest first; none where there is no such folder. Reads what they say of themselves only. */
export async function listSnapshotFolders(directory: string): Promise<ListedSnapshot[]> {
  const names = await namesIn(directory);
  return Promise.all(names.filter((name) => NAME.test(name)).map((name) => look(directory, name)));
}

/** The manifest of the snapshot in the folder at `path`. Throws NOT_FOUND, SNAPSHOT_DAMAGED or LIBRARY_TOO_NEW. */
export async function readManifest(path: string): Promise<SnapshotManifest> {
  const file = join(path, manifestName);
  try {
    return decodeManifest(await readFile(file, "utf8"), file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw cause;
    throw new LodestoneError("NOT_FOUND", `There is no snapshot at ${path}: it has no ${manifestName}.`, {
      cause,
      detail: { path },
    });
  }
}

/** The path of the snapshot `name` in `directory`. Throws NOT_FOUND for what is no name of a snapshot there. */
export async function findSnapshot(directory: string, name: string): Promise<string> {
  if (NAME.test(name) && (await namesIn(directory)).includes(name)) return join(directory, name);
  throw new LodestoneError("NOT_FOUND", `There is no snapshot "${name.slice(0, 80)}" in ${directory}.`, {
    detail: { directory, name },
  });
}

/** Removes a snapshot. It is gone for every listing from the first step on. */
export async function removeFolder(directory: string, name: string, files: FileOperations): Promise<void> {
  await files.rename(join(directory, name), unfinishedPath(directory, name));
  await files.remove(unfinishedPath(directory, name));
}

/**
 * Runs `work` while no other process writes to `directory`, after clearing away what earlier runs left unfinished. Throws
 * SNAPSHOT_RUNNING.
 */
export async function whileLocked<T>(directory: string, files: FileOperations, work: () => Promise<T>): Promise<T> {
  const lock = await lockFolder(directory, files);
  try {
    for (const name of await namesIn(directory)) {
      const isUnfinished = name.endsWith(UNFINISHED) && NAME.test(name.slice(0, -UNFINISHED.length));
      if (isUnfinished) await files.remove(join(directory, name));
    }
    return await work();
  } finally {
    lock.release();
  }
}

export function infoOf(manifest: SnapshotManifest, path: string): SnapshotInfo {
  const { files, format: _, ...facts } = manifest;
  return { ...facts, path, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function look(directory: string, name: string): Promise<ListedSnapshot> {
  const path = join(directory, name);
  try {
    return { state: "complete", ...infoOf(await readManifest(path), path) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { state: "damaged", name, path, reason: error.message };
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function lockFolder(directory: string, files: FileOperations): Promise<Lock> {
  const lock = await files
    .makeDirectory(directory)
    .then(() => takeLock(join(directory, "snapshots.lock")))
    .catch((cause: unknown) => {
      throw writeFailure(directory, cause);
    });
  if (lock !== undefined) return lock;
  throw new LodestoneError(
    "SNAPSHOT_RUNNING",
    `Snapshots in ${directory} are being made or removed by another run. Try again when it is done.`,
    { detail: { directory } },
  );
}
