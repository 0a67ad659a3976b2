// What a snapshot says of itself: snapshot.json, written last. It vouches for every other file of the snapshot, and its
// checksum for itself: SHA-256 of the same JSON without indentation and without the checksum.
// BAKED IN: the order of the fields as written, which the checksum covers.

import { createHash } from "node:crypto";
import { z } from "zod";
import { LodestoneError, messageOf } from "../errors.js";
import { formatVersion } from "../store/index.js";

export const manifestName = "snapshot.json";

/** The snapshot format that this build reads and writes. */
export const snapshotFormat = 1;

// Only what a library is made of, and nothing that would lead out of its folder.
const filePath = z
  .string()
  .regex(/^(lodestone\.db|(index|models)(\/[^/\\:]+)+)$/)
  .refine((path) => path.split("/").every((part) => part !== "." && part !== ".."));

const manifestSchema = z.strictObject({
  format: z.literal(snapshotFormat),
  name: z.string(),
  /** Names the library; the same in all snapshots of it. */
  libraryId: z.string(),
  createdAt: z.string(),
  /** Version of Lodestone that made it. */
  version: z.string(),
  libraryFormat: z.int(),
  documents: z.int(),
  chunks: z.int(),
  generations: z.array(
    z.strictObject({
      id: z.int(),
      state: z.string(),
      modelName: z.string(),
      modelVersion: z.string(),
      dimensions: z.int(),
      maxTokens: z.int(),
      overlapTokens: z.int(),
      chunks: z.int(),
    }),
  ),
  /** The models that the library is searched with. Of each the manifest is in the snapshot; `complete`: all its files. */
  models: z.array(z.strictObject({ name: z.string(), version: z.string(), role: z.string(), complete: z.boolean() })),
  files: z.array(z.strictObject({ path: filePath, bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

export type SnapshotManifest = z.output<typeof manifestSchema>;
export type SnapshotFile = SnapshotManifest["files"][number];

export function encodeManifest(manifest: SnapshotManifest): string {
  const ordered = manifestSchema.parse(manifest);
  return `${JSON.stringify({ ...ordered, checksum: checksumOf(ordered) }, null, 2)}\n`;
}

/** Throws SNAPSHOT_DAMAGED unless every byte is as `encodeManifest` wrote it, LIBRARY_TOO_NEW for a later format. */
export function decodeManifest(text: string, path: string): SnapshotManifest {
  const { checksum, ...fields } = parseObject(text, path);
  checkFormats(fields, path);
  const parsed = manifestSchema.safeParse(fields);
  if (!parsed.success || checksum !== checksumOf(parsed.data) || text !== encodeManifest(parsed.data)) {
    throw damaged(path, "it is not what was written (its checksum is wrong)");
  }
  return parsed.data;
}

/** SNAPSHOT_DAMAGED with the file and what was noticed. */
export function damaged(path: string, comment: string, cause?: unknown): LodestoneError {
  return new LodestoneError(
    "SNAPSHOT_DAMAGED",
    `The snapshot's file ${path} is damaged: ${comment}. Take another snapshot: lodestone snapshot list`,
    { cause, detail: { path, comment } },
  );
}

function checksumOf(manifest: SnapshotManifest): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}

function parseObject(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, `it is not JSON (${messageOf(error)})`, error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw damaged(path, "it holds no JSON object");
}

// Before anything else is looked at: a later format may look different.
function checkFormats({ format, libraryFormat }: Record<string, unknown>, path: string): void {
  const tooNew = (what: string, found: number, supported: number) =>
    new LodestoneError(
      "LIBRARY_TOO_NEW",
      `The snapshot ${path} has ${what} ${found}; this version of Lodestone reads up to ${supported}. Upgrade Lodestone.`,
      { detail: { path, found, supported } },
    );
  if (typeof format === "number" && format > snapshotFormat) throw tooNew("format", format, snapshotFormat);
  if (typeof libraryFormat === "number" && libraryFormat > formatVersion) {
    throw tooNew("a library of format", libraryFormat, formatVersion);
  }
}
