// Snapshots as callers use them: each verb runs on a thread of its own, which ends with it.

import { resolve } from "node:path";
import { type CallOptions, startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { Restored, RestoreProgress } from "./restore.js";
import { checkRetention, type PruneReport, type RetentionPolicy } from "./retention.js";
import type { SnapshotMade, SnapshotProgress, SnapshotRequest } from "./snapshot.js";
import { findSnapshot, type ListedSnapshot, listSnapshotFolders } from "./snapshot-folder.js";
import type { SnapshotVerbs } from "./snapshot-worker.js";
import type { VerifyReport } from "./verify-snapshot.js";

type Options<P> = { onProgress?: ((progress: P) => void) | undefined; signal?: AbortSignal | undefined };

/** Makes a snapshot of a library, also while another process writes it. */
export function takeSnapshot(
  request: SnapshotRequest & { nowMs: number },
  options: Options<SnapshotProgress> = {},
): Promise<SnapshotMade> {
  const argument = { ...request, directory: resolve(request.directory) };
  return onThread((worker, call) => worker.call("make", argument, call), options);
}

/** The snapshots in a folder, oldest first, as they describe themselves; none where there is no such folder. */
export function listSnapshots(directory: string): Promise<ListedSnapshot[]> {
  return listSnapshotFolders(resolve(directory));
}

/**
 * Checks every byte of the snapshot in the folder at `path`, and its database. What is wrong is in the report; throws NOT_FOUND
 * where there is no snapshot.
 */
export function verifySnapshot(
  path: string,
  options: Options<{ stage: "hashing" | "database"; done: number; total: number }> = {},
): Promise<VerifyReport> {
  return onThread((worker, call) => worker.call("verify", { path: resolve(path) }, call), options);
}

/**
 * Makes a library out of the snapshot in the folder at `path`. `library` must be empty or not exist.
 *
 * @throws NOT_FOUND, SNAPSHOT_DAMAGED (naming the file), LIBRARY_TOO_NEW, FOLDER_NOT_EMPTY, DISK_FULL, ABORTED; nothing is left
 *   in the folder then.
 */
export function restoreSnapshot(
  path: string,
  { library, ...options }: { library: string } & Options<RestoreProgress>,
): Promise<Restored> {
  const argument = { snapshot: resolve(path), library: resolve(library) };
  return onThread((worker, call) => worker.call("restore", argument, call), options);
}

/**
 * Removes the snapshots in `directory` that `policy` does not keep, never the only one of a library that is whole. Throws
 * SNAPSHOT_RUNNING, INVALID_INPUT for a policy that keeps nothing.
 */
export async function pruneSnapshots(
  directory: string,
  policy: RetentionPolicy,
  { libraryId, ...options }: { libraryId?: string | undefined } & Options<{ done: number; total: number }> = {},
): Promise<PruneReport> {
  const argument = { directory: resolve(directory), policy: checkRetention(policy), libraryId };
  return onThread((worker, call) => worker.call("prune", argument, call), options);
}

/** Removes one snapshot. Throws NOT_FOUND or SNAPSHOT_RUNNING. */
export function removeSnapshot(directory: string, name: string): Promise<void> {
  return onThread((worker) => worker.call("remove", { directory: resolve(directory), name }));
}

/** The folder of the snapshot `name` in `directory`. Throws NOT_FOUND. */
export function snapshotPath(directory: string, name: string): Promise<string> {
  return findSnapshot(resolve(directory), name);
}

async function onThread<T, P>(
  work: (worker: WorkerClient<SnapshotVerbs>, options: CallOptions) => Promise<T>,
  { onProgress, signal }: Options<P> = {},
): Promise<T> {
  const worker = await startWorker<SnapshotVerbs>(new URL("./snapshot-worker.js", import.meta.url), null, "snapshot");
  try {
    return await work(worker, { signal, onProgress: (value) => onProgress?.(value as P) });
  } finally {
    // An aborted call is answered at once; the thread ends when it has cleared away what it began.
    await worker.close();
  }
}
