// Makes a library out of a snapshot, in a folder that holds nothing. The database takes its name last: until then the folder is
// no library, and a restore that was interrupted is begun anew.

import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LodestoneError } from "../errors.js";
import { diskOperations, type FileOperations, hashFile, temporaryEnding, writeFailure } from "../files/index.js";
import { databaseName } from "../store/index.js";
import { infoOf, readManifest, type SnapshotInfo } from "./snapshot-folder.js";
import { damaged, type SnapshotManifest } from "./snapshot-manifest.js";
import { checkSnapshot } from "./verify-snapshot.js";

export type RestoreRequest = {
  /** Folder of the snapshot. */
  snapshot: string;
  /** Folder of the library to be: empty, or not there yet. */
  library: string;
};

export type RestoreProgress = { stage: "hashing" | "database" | "copying"; done: number; total: number };

export type RestoreContext = {
  signal: AbortSignal;
  progress(progress: RestoreProgress): void;
  /** For tests. */
  files?: FileOperations | undefined;
};

export type Restored = SnapshotInfo & { library: string };

// Lies in the folder while a restore is under way: what else is in it then was left by one that was interrupted.
const MARK = "restore-unfinished";
const DATABASE_ARRIVING = databaseName + temporaryEnding;
const OWN_NAMES = [MARK, DATABASE_ARRIVING, "index", "models"];

/**
 * Restores a snapshot. Throws NOT_FOUND, SNAPSHOT_DAMAGED naming the file, LIBRARY_TOO_NEW, FOLDER_NOT_EMPTY, DISK_FULL or ABORTED;
 * the folder is then as empty as it was.
 */
export async function restore({ snapshot, library }: RestoreRequest, context: RestoreContext): Promise<Restored> {
  const { files = diskOperations, signal } = context;
  const manifest = await readManifest(snapshot);
  await expectEmpty(library);
  const { faults } = await checkSnapshot(snapshot, context);
  if (faults[0]) throw damaged(join(snapshot, faults[0].file), faults[0].fault);
  try {
    await files.makeDirectory(library);
    await clear(library, files);
    await files.write(join(library, MARK), Buffer.alloc(0));
    await copyFiles(snapshot, library, manifest, { ...context, files });
    await files.rename(join(library, DATABASE_ARRIVING), join(library, databaseName));
    await files.syncDirectory(library);
    await files.remove(join(library, MARK));
  } catch (cause) {
    // What cannot be removed now is known by its mark to the next restore.
    await clear(library, files).catch(() => undefined);
    if (signal.aborted) throw new LodestoneError("ABORTED", "The restore was stopped.", { cause });
    throw writeFailure(library, cause);
  }
  return { ...infoOf(manifest, snapshot), library };
}

async function expectEmpty(library: string): Promise<void> {
  const names = await namesIn(library);
  const leftovers = names.includes(MARK) && names.every((name) => OWN_NAMES.includes(name));
  if (names.length === 0 || leftovers) return;
  throw new LodestoneError(
    "FOLDER_NOT_EMPTY",
    `A snapshot is restored into an empty folder; ${library} holds ${names.slice(0, 3).join(", ")}${names.length > 3 ? " and more" : ""}. ` +
      "Name another folder: lodestone restore <snapshot> --library <folder>",
    { detail: { library } },
  );
}

async function clear(library: string, files: FileOperations): Promise<void> {
  // The mark goes last: it is what tells leftovers from somebody's files.
  for (const name of [databaseName, ...OWN_NAMES.filter((own) => own !== MARK), MARK])
    await files.remove(join(library, name));
}

async function copyFiles(
  snapshot: string,
  library: string,
  manifest: SnapshotManifest,
  { files, signal, progress }: RestoreContext & { files: FileOperations },
): Promise<void> {
  // A manifest alone is no model: it says which one the library needs.
  const missing = manifest.models.filter(({ complete }) => !complete).map(({ name }) => `models/${name}/`);
  const wanted = manifest.files.filter(({ path }) => !missing.some((folder) => path.startsWith(folder)));
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const folders = new Set<string>();
  for (const { path, sha256 } of wanted) {
    signal.throwIfAborted();
    const target = join(library, path === databaseName ? DATABASE_ARRIVING : path);
    await files.makeDirectory(dirname(target));
    await files.copy(join(snapshot, path), target);
    // What has arrived is what counts, not what was read when the snapshot was checked.
    const found = await hashFile(target, { signal });
    if (found.sha256 !== sha256) throw damaged(join(snapshot, path), "its copy has another SHA-256");
    await files.sync(target);
    folders.add(dirname(target));
    done += found.bytes;
    progress({ stage: "copying", done, total });
  }
  for (const folder of folders) await files.syncDirectory(folder);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw writeFailure(folder, cause);
  }
}
