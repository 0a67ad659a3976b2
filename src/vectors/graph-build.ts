// Builds a graph over given rows of the store and writes it, header last. Runs in slices, so that its thread hears of an
// abort; rows that change meanwhile are told apart later by their fingerprints.

import { randomBytes } from "node:crypto";
import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { LodestoneError, messageOf } from "../errors.js";
import { diskOperations, type FileOperations, hashFile, writeFileAtomically } from "../files/index.js";
import { availableMemory, checkMemory } from "./available-memory.js";
import { type GraphAddon, GraphBuilder, M } from "./graph.js";
import {
  damage,
  encodeHeader,
  fingerprintOf,
  type GraphHeader,
  headerPath,
  measurePayload,
  payloadPath,
  removeStrayFiles,
} from "./graph-file.js";
import type { VectorStore } from "./vector-store.js";

export type GraphBuildRequest = {
  /** An existing folder that belongs to this index's graph alone. */
  directory: string;
  modelVersion: string;
  /** The caller's number of the last change that the rows reflect. */
  sequence: number;
  /** Rows to link, at least one, and the slots where their vectors lie. */
  rows: Uint32Array;
  slots: Uint32Array;
};

export type GraphBuildProgress = { done: number; total: number };

const sliceMs = 20;

export async function buildGraphFile(
  store: VectorStore,
  addon: GraphAddon,
  request: GraphBuildRequest,
  context: {
    signal: AbortSignal;
    progress(value: GraphBuildProgress): void;
    files?: FileOperations;
    memoryBytes?: () => number;
  },
): Promise<void> {
  const { directory, rows } = request;
  const { signal, files = diskOperations, memoryBytes = availableMemory } = context;
  checkMemory("building", rows.length, store.dimensions, memoryBytes());
  await checkFolder(directory, estimateBytes(store.dimensions, rows.length));
  const builder = new GraphBuilder(addon, store.dimensions, rows.length);
  const fingerprints = await linkRows(builder, store, request, context);
  const header: GraphHeader = {
    dimensions: store.dimensions,
    modelVersion: request.modelVersion,
    sequence: request.sequence,
    payloadId: randomBytes(8).toString("hex"),
    payloadBytes: 0,
    payloadSha256: "",
    rows,
    fingerprints,
  };
  try {
    await writeFileAtomically(payloadPath(directory, header.payloadId), (path) => builder.write(path), {
      files,
      check: async (path) => {
        await checkPayload(path, store.dimensions, rows.length);
        const { bytes, sha256 } = await hashFile(path, { signal });
        header.payloadBytes = bytes;
        header.payloadSha256 = sha256;
      },
    });
    await writeFileAtomically(headerPath(directory), (path) => files.write(path, encodeHeader(header)), { files });
  } catch (error) {
    await tidy(directory, files);
    throw error;
  }
  await tidy(directory, files);
}

// Harmless where it fails: no header vouches for what stays behind, and the next build tries again.
async function tidy(directory: string, files: FileOperations): Promise<void> {
  await removeStrayFiles(directory, files).catch(() => undefined);
}

async function linkRows(
  builder: GraphBuilder,
  store: VectorStore,
  { rows, slots }: GraphBuildRequest,
  { signal, progress }: { signal: AbortSignal; progress(value: GraphBuildProgress): void },
): Promise<Uint32Array> {
  const fingerprints = new Uint32Array(rows.length);
  // The fingerprint is taken from the very copy that is linked: the row may have lost its slot to another, which is being
  // written at this moment.
  const vector = new Float32Array(store.dimensions);
  const bits = new Uint32Array(vector.buffer);
  let sliceStart = performance.now();
  for (let i = 0; i < rows.length; i++) {
    store.read(slots[i]!, vector, 0);
    fingerprints[i] = fingerprintOf(bits);
    builder.add(rows[i]!, vector);
    if (performance.now() - sliceStart < sliceMs) continue;
    progress({ done: i + 1, total: rows.length });
    await setImmediate();
    if (signal.aborted)
      throw new LodestoneError("ABORTED", `The graph build was stopped at ${i + 1} of ${rows.length}.`);
    sliceStart = performance.now();
  }
  progress({ done: rows.length, total: rows.length });
  return fingerprints;
}

// Layer 0 as it is, and the layers above, which one row in M reaches, on average 1 / (1 - 1/M) layers high; with the header.
function estimateBytes(dimensions: number, rowCount: number): number {
  const perRow = 4 + 2 * M * 4 + dimensions * 4 + 8 + 4 + ((4 + M * 4) / M) * (1 / (1 - 1 / M)) + 8;
  return Math.ceil(rowCount * perRow);
}

/** Said before the long part rather than after it. */
async function checkFolder(directory: string, neededBytes: number): Promise<void> {
  const detail = { path: directory };
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    const what = found ? "is a file; a folder is expected" : "does not exist";
    throw new LodestoneError("PATH_NOT_FOUND", `The folder ${directory} for the graph ${what}.`, { detail });
  }
  await access(directory, constants.W_OK).catch((cause) => {
    const message = `The graph cannot be written to ${directory}: ${messageOf(cause)}. Make the folder writable.`;
    throw new LodestoneError("FILE_UNREADABLE", message, { cause, detail });
  });
  const freeBytes = await freeBytesOf(directory);
  if (freeBytes < neededBytes) {
    throw new LodestoneError(
      "DISK_FULL",
      `The graph needs about ${mebibytes(neededBytes)} MiB in ${directory}; ${mebibytes(freeBytes)} MiB are free.`,
      { detail: { path: directory, neededBytes, freeBytes } },
    );
  }
}

async function checkPayload(path: string, dimensions: number, rowCount: number): Promise<void> {
  try {
    await measurePayload(path, dimensions, rowCount);
  } catch (cause) {
    // The addon hid the reason; a disk with no room for one more MiB is the likely one.
    if ((await freeBytesOf(dirname(path)).catch(() => Number.POSITIVE_INFINITY)) < 1 << 20) {
      throw new LodestoneError("DISK_FULL", `No space left to write the graph ${path}. Free some and build it anew.`, {
        cause,
        detail: { path },
      });
    }
    if (cause instanceof LodestoneError) throw cause;
    throw damage(path, "the addon wrote no readable file", cause);
  }
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
