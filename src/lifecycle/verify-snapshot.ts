// Checks a snapshot: every file against the manifest that vouches for it, then the database itself, page by page and by
// what it should hold.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import { type HashOptions, hashFile } from "../files/index.js";
import { databaseName, inspectDatabase } from "../store/index.js";
import { infoOf, readManifest, type SnapshotInfo } from "./snapshot-folder.js";
import { manifestName, type SnapshotFile, type SnapshotManifest } from "./snapshot-manifest.js";

export type SnapshotFault = {
  /** Path within the snapshot. */
  file: string;
  fault: string;
};

export type VerifyReport = {
  path: string;
  ok: boolean;
  faults: SnapshotFault[];
  /** What the snapshot says of itself; undefined where that cannot be read. */
  snapshot: SnapshotInfo | undefined;
};

export type VerifyContext = {
  signal: AbortSignal;
  /** In bytes read. */
  progress(progress: { stage: "hashing" | "database"; done: number; total: number }): void;
};

/** Throws NOT_FOUND where there is no snapshot at all; whatever is wrong with one is in the report. */
export async function checkSnapshot(path: string, context: VerifyContext): Promise<VerifyReport> {
  let manifest: SnapshotManifest;
  try {
    manifest = await readManifest(path);
  } catch (error) {
    if (!(error instanceof LodestoneError) || (error.code === "NOT_FOUND" && !(await isFolder(path)))) throw error;
    return { path, ok: false, faults: [{ file: manifestName, fault: error.message }], snapshot: undefined };
  }
  const faults = await checkFiles(path, manifest, context);
  if (faults.length === 0) faults.push(...checkDatabase(path, manifest, context));
  return { path, ok: faults.length === 0, faults, snapshot: infoOf(manifest, path) };
}

/** Compares each file with its size and hash, and looks for files that would change the meaning of others. */
export async function checkFiles(
  path: string,
  manifest: SnapshotManifest,
  { signal, progress }: VerifyContext,
): Promise<SnapshotFault[]> {
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    progress({ stage: "hashing", done, total });
  };
  const faults: SnapshotFault[] = [];
  for (const file of manifest.files) {
    const fault = await faultOf(join(path, file.path), file, { signal, onBytes });
    if (fault !== undefined) faults.push({ file: file.path, fault });
  }
  // SQLite would take in what such a file holds as soon as it opens the database.
  const strays = (await readdir(path)).filter((name) => name.startsWith(`${databaseName}-`));
  return [...faults, ...strays.map((file) => ({ file, fault: "it is no part of the snapshot; remove it" }))];
}

async function faultOf(path: string, expected: SnapshotFile, options: HashOptions): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size !== expected.bytes) return `it has ${size} bytes instead of ${expected.bytes}`;
    const { sha256 } = await hashFile(path, options);
    return sha256 === expected.sha256 ? undefined : `its SHA-256 is ${sha256}, not ${expected.sha256}`;
  } catch (error) {
    if (error instanceof LodestoneError) throw error;
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "it is missing" : messageOf(error);
  }
}

function checkDatabase(path: string, manifest: SnapshotManifest, { progress }: VerifyContext): SnapshotFault[] {
  const fault = (text: string): SnapshotFault => ({ file: databaseName, fault: text });
  progress({ stage: "database", done: 0, total: 1 });
  try {
    const { faults, facts } = inspectDatabase(join(path, databaseName));
    if (faults.length > 0) return faults.map(fault);
    const { formatVersion, ...found } = facts;
    const { libraryId, documents, chunks, generations, libraryFormat } = manifest;
    const expected = { libraryId, documents, chunks, generations };
    const differs =
      JSON.stringify(sorted(found)) !== JSON.stringify(sorted(expected)) || formatVersion !== libraryFormat;
    return differs
      ? [fault(`it holds ${found.documents} documents and ${found.chunks} chunks, not what ${manifestName} says`)]
      : [];
  } catch (error) {
    return [fault(messageOf(error))];
  } finally {
    progress({ stage: "database", done: 1, total: 1 });
  }
}

const sorted = (facts: object) => Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
