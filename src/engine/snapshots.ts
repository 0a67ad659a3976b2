// The verbs on snapshots, for an open engine and for a library that nobody needs to open.

import { join, resolve } from "node:path";
import { type Model, openCatalogue } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import {
  type ListedSnapshot,
  listSnapshots,
  type PruneReport,
  pruneSnapshots,
  type RetentionPolicy,
  removeSnapshot,
  type SnapshotInfo,
  type SnapshotMade,
  type SnapshotModel,
  type SnapshotProgress,
  snapshotPath,
  takeSnapshot,
  type VerifyReport,
  verifySnapshot,
} from "../lifecycle/index.js";
import { packageVersion } from "../package-root.js";
import { type StoreReader, storedGeneration, storedLibraryId } from "../store/index.js";
import { type ChosenModels, checkGeneration, chooseModels, modelsOf } from "./choose-models.js";
import { libraryModelDirectories } from "./model-directories.js";
import { checkEngineOptions, type EngineOptions } from "./options.js";

export type SnapshotOptions = {
  /** Where snapshots lie. Default: the folder "snapshots" in the library's; one on another disk survives more. */
  directory?: string | undefined;
  /** Copy the models too, so that a machine without them can use the restored library. Default false: their manifests only. */
  withModels?: boolean | undefined;
  onProgress?: (progress: SnapshotProgress) => void;
  signal?: AbortSignal;
};

export type SnapshotVerbs = {
  /** Where this engine's snapshots lie. */
  readonly directory: string;
  /** Oldest first. */
  list(): Promise<ListedSnapshot[]>;
  /** The newest snapshot of this library, as it describes itself; undefined where there is none. */
  last(): Promise<SnapshotInfo | undefined>;
  /** Checks every byte of a snapshot. Throws NOT_FOUND. */
  verify(name: string): Promise<VerifyReport>;
  /** Removes a snapshot. Throws NOT_FOUND or SNAPSHOT_RUNNING. */
  remove(name: string): Promise<void>;
  /** Removes this library's snapshots that `policy` does not keep, never the only one that is whole. */
  prune(policy: RetentionPolicy): Promise<PruneReport>;
};

/** Where a library's snapshots lie unless something else is said. */
export function snapshotDirectory(library: string, asked?: string): string {
  return resolve(asked ?? join(library, "snapshots"));
}

/** The snapshots of an open engine. */
export type Snapshots = SnapshotVerbs & {
  make(options?: SnapshotOptions): Promise<SnapshotMade>;
  /** Stops those that are being made. */
  close(): Promise<void>;
};

export function openSnapshots(parts: {
  library: string;
  models: ChosenModels;
  reader: StoreReader;
  /** Where snapshots lie; undefined: in the library's folder. */
  asked: string | undefined;
}): Snapshots {
  const { library, reader } = parts;
  const directory = snapshotDirectory(library, parts.asked);
  const stop = new AbortController();
  const making = new Set<Promise<unknown>>();
  return {
    directory,
    list: () => listSnapshots(directory),
    verify: async (name) => verifySnapshot(await snapshotPath(directory, name)),
    remove: (name) => removeSnapshot(directory, name),
    async last() {
      const id = await reader.call("libraryId", null);
      const made = (await listSnapshots(directory)).filter((snapshot) => snapshot.state === "complete");
      return made.findLast(({ libraryId }) => libraryId === id);
    },
    async prune(policy) {
      return pruneSnapshots(directory, policy, { libraryId: await reader.call("libraryId", null) });
    },
    make({ signal, ...options } = {}) {
      const signals = signal ? [stop.signal, signal] : [stop.signal];
      const made = snapshotWith(modelsOf(parts.models), library, {
        ...options,
        directory: options.directory ?? directory,
        signal: AbortSignal.any(signals),
      });
      making.add(made);
      return made.finally(() => making.delete(made));
    },
    async close() {
      stop.abort();
      await Promise.allSettled(making);
    },
  };
}

/**
 * Makes a snapshot of the library in a folder, also while other processes search and write it.
 *
 * @throws LIBRARY_NOT_FOUND, SNAPSHOT_RUNNING, DISK_FULL, ABORTED; with the models also MODEL_NOT_FOUND, MODEL_ALTERED and
 *   MODEL_VERSION_MISMATCH.
 */
export async function snapshotLibrary(
  { library, ...options }: { library: string } & SnapshotOptions,
  engineOptions: Pick<EngineOptions, "models"> = {},
): Promise<SnapshotMade> {
  const checked = checkEngineOptions({ library, ...engineOptions });
  const folder = resolve(library);
  const stored = storedGeneration(folder);
  let models: Model[] = [];
  try {
    const catalogue = openCatalogue(libraryModelDirectories(folder, checked.models));
    const chosen = chooseModels(catalogue, checked, stored);
    if (stored) checkGeneration(stored, chosen, folder);
    models = modelsOf(chosen);
  } catch (error) {
    // The documents are worth saving also where the models are not at hand.
    if (options.withModels || !(error instanceof LodestoneError)) throw error;
  }
  return snapshotWith(models, folder, options);
}

/** Removes the snapshots in `directory` that `policy` does not keep: those of `library` where there is one, else each library's. */
export function pruneLibrarySnapshots(
  { library, directory }: { library: string; directory: string },
  policy: RetentionPolicy,
  options: Parameters<typeof pruneSnapshots>[2] = {},
): Promise<PruneReport> {
  return pruneSnapshots(directory, policy, { ...options, libraryId: storedLibraryId(library) });
}

/** Makes a snapshot of a library that is searched with `models`. */
export function snapshotWith(
  models: readonly Model[],
  library: string,
  { directory, withModels = false, ...options }: SnapshotOptions,
): Promise<SnapshotMade> {
  return takeSnapshot(
    {
      library,
      directory: snapshotDirectory(library, directory),
      models: models.map(filesOf),
      withModels,
      version: packageVersion,
      nowMs: Date.now(),
    },
    options,
  );
}

function filesOf({ manifest, version, directory }: Model): SnapshotModel {
  return { name: manifest.name, version, role: manifest.role, directory, files: manifest.files };
}
