// Makes a snapshot: everything that a library is made of, as it stands at one moment, in a folder of its own. Searches and
// writes go on meanwhile. The folder has its name only once every byte and the manifest that vouches for it are on the disk.

import { readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LodestoneError } from "../errors.js";
import { diskOperations, type FileHash, type FileOperations, hashFile, writeFailure } from "../files/index.js";
import { type CopyDatabase, copyDatabase, copyLexicalFiles, databaseName } from "../store/index.js";
import { copyIndexFiles } from "../vectors/index.js";
import { infoOf, type SnapshotInfo, snapshotName, unfinishedPath, whileLocked } from "./snapshot-folder.js";
import {
  encodeManifest,
  manifestName,
  type SnapshotFile,
  type SnapshotManifest,
  snapshotFormat,
} from "./snapshot-manifest.js";

/** A model that the library is searched with. */
export type SnapshotModel = {
  name: string;
  version: string;
  role: string;
  /** Where its files lie. */
  directory: string;
  /** Every file with its hash, but for the manifest itself. */
  files: Record<string, FileHash>;
};

export type SnapshotRequest = {
  library: string;
  /** Where snapshots lie; made where it does not exist. */
  directory: string;
  models: SnapshotModel[];
  /** Copy the models' files too, not only their manifests. */
  withModels: boolean;
  /** Version of Lodestone. */
  version: string;
};

/** `done` and `total` in bytes. */
export type SnapshotProgress = {
  stage: "database" | "index" | "models" | "hashing";
  done: number;
  total: number;
};

export type SnapshotMade = SnapshotInfo & {
  /** Index files that were not whole and are left out: they are made anew from the database. */
  left: { path: string; reason: string }[];
};

export type SnapshotContext = {
  signal: AbortSignal;
  progress(progress: SnapshotProgress): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** For tests. */
  files?: FileOperations | undefined;
  copyDatabase?: CopyDatabase;
  freeBytes?: (directory: string) => Promise<number>;
};

/**
 * Makes a snapshot. Throws LIBRARY_NOT_FOUND, SNAPSHOT_RUNNING, DISK_FULL, MODEL_ALTERED, ABORTED; nothing is left behind then,
 * or what is left is no snapshot and goes with the next run.
 */
export function makeSnapshot(request: SnapshotRequest, context: SnapshotContext): Promise<SnapshotMade> {
  const { files = diskOperations } = context;
  return whileLocked(request.directory, files, async () => {
    const taken = await readdir(request.directory);
    let madeAtMs = context.now();
    while (taken.includes(snapshotName(madeAtMs))) madeAtMs++;
    const name = snapshotName(madeAtMs);
    const folder = unfinishedPath(request.directory, name);
    try {
      await checkRoom(request, context);
      await files.makeDirectory(folder);
      const { manifest, left } = await fill(folder, { ...request, name, madeAtMs }, { ...context, files });
      const path = join(request.directory, name);
      await files.rename(folder, path);
      await files.syncDirectory(request.directory);
      return { ...infoOf(manifest, path), left };
    } catch (cause) {
      // The first failure is the one to report; what cannot be removed now is removed by the next run.
      await files.remove(folder).catch(() => undefined);
      if (context.signal.aborted) throw new LodestoneError("ABORTED", "The snapshot was stopped.", { cause });
      throw writeFailure(folder, cause);
    }
  });
}

type Filling = SnapshotRequest & { name: string; madeAtMs: number };

async function fill(
  folder: string,
  { library, models, withModels, version, name, madeAtMs }: Filling,
  context: SnapshotContext & { files: FileOperations },
): Promise<{ manifest: SnapshotManifest; left: SnapshotMade["left"] }> {
  const { files, signal, progress } = context;
  const copy = context.copyDatabase ?? copyDatabase;
  const places = [join(library, "index"), join(folder, "index")] as const;
  // Before the database: an index of what came later than the copy would be of no use to it.
  const lexical = await copyLexicalFiles(...places, { files, signal });
  const { formatVersion, ...facts } = await copy(library, join(folder, databaseName), {
    signal,
    onProgress: (done, total) => progress({ stage: "database", done, total }),
  });
  const graphs = await copyIndexFiles(...places, { files, signal });
  const paths = [databaseName, ...[...graphs.copied, ...lexical.copied].map((path) => `index/${path}`)];
  const copied = new Map<string, FileHash>();
  for (const model of models) {
    for (const path of await copyModel(model, folder, withModels, context)) {
      paths.push(path);
      const expected = model.files[path.slice(modelFolder(model).length + 1)];
      if (expected) copied.set(path, expected);
    }
  }
  const hashed = await hashAll(folder, paths, context);
  for (const { path, ...found } of hashed) checkModelFile(path, found, copied.get(path));
  for (const path of paths) await files.sync(join(folder, path));
  const manifest: SnapshotManifest = {
    format: snapshotFormat,
    name,
    ...facts,
    createdAt: new Date(madeAtMs).toISOString(),
    version,
    libraryFormat: formatVersion,
    models: models.map((model) => ({
      name: model.name,
      version: model.version,
      role: model.role,
      complete: withModels,
    })),
    files: hashed,
  };
  const manifestPath = join(folder, manifestName);
  await files.write(manifestPath, Buffer.from(encodeManifest(manifest)));
  await files.sync(manifestPath);
  for (const directory of foldersOf(paths)) await files.syncDirectory(join(folder, directory));
  return { manifest, left: [...graphs.left, ...lexical.left] };
}

const MODEL_MANIFEST = "manifest.json";

const modelFolder = ({ name }: SnapshotModel) => `models/${name}`;

async function copyModel(
  model: SnapshotModel,
  folder: string,
  complete: boolean,
  { files, signal, progress }: SnapshotContext & { files: FileOperations },
): Promise<string[]> {
  const names = [MODEL_MANIFEST, ...(complete ? Object.keys(model.files) : [])];
  const total = complete ? Object.values(model.files).reduce((sum, { bytes }) => sum + bytes, 0) : 0;
  let done = 0;
  const paths: string[] = [];
  for (const name of names) {
    signal.throwIfAborted();
    const path = `${modelFolder(model)}/${name}`;
    await files.makeDirectory(dirname(join(folder, path)));
    await files.copy(join(model.directory, name), join(folder, path));
    done += model.files[name]?.bytes ?? 0;
    progress({ stage: "models", done, total });
    paths.push(path);
  }
  return paths;
}

// What arrived is what is vouched for: the copies are read back.
async function hashAll(
  folder: string,
  paths: readonly string[],
  { signal, progress }: SnapshotContext,
): Promise<SnapshotFile[]> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(folder, path))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const found: SnapshotFile[] = [];
  for (const path of paths) {
    const onBytes = (bytes: number) => {
      done += bytes;
      progress({ stage: "hashing", done, total });
    };
    found.push({ path, ...(await hashFile(join(folder, path), { signal, onBytes })) });
  }
  return found;
}

function checkModelFile(path: string, found: FileHash, expected: FileHash | undefined): void {
  if (expected === undefined || found.sha256 === expected.sha256) return;
  throw new LodestoneError(
    "MODEL_ALTERED",
    `${path} is not the file that its model's manifest names. Check the model first: lodestone models verify`,
    { detail: { path, expected, found } },
  );
}

/** The folders of a snapshot that hold `paths`, deepest first, the snapshot's own last. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) for (let at = dirname(path); at !== "."; at = dirname(at)) folders.add(at);
  return [...folders].sort((a, b) => b.length - a.length).concat(".");
}

// Said before the long part rather than after it.
async function checkRoom(request: SnapshotRequest, { freeBytes = freeBytesOf }: SnapshotContext): Promise<void> {
  const database = await stat(join(request.library, databaseName)).catch(() => undefined);
  const models = request.withModels ? request.models.flatMap(({ files }) => Object.values(files)) : [];
  const needed = models.reduce((sum, { bytes }) => sum + bytes, database?.size ?? 0);
  const free = await freeBytes(request.directory);
  if (free >= needed) return;
  throw new LodestoneError(
    "DISK_FULL",
    `A snapshot needs about ${mebibytes(needed)} MiB in ${request.directory}; ${mebibytes(free)} MiB are free. ` +
      "Free some, or name a folder on another disk.",
    { detail: { directory: request.directory, neededBytes: needed, freeBytes: free } },
  );
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
