// What the snapshot routes take and give.

import { z } from "zod";
import { describeFields, named, withExample } from "./api-schema.js";

export const exampleSnapshot = "2026-11-20T14-32-05.123Z";

export const snapshotParamsSchema = describeFields(
  z.strictObject({ name: withExample(z.string().min(1).max(100), exampleSnapshot) }),
  { name: "The snapshot's name, as the list gives it." },
);

export const snapshotRequestSchema = named(
  "SnapshotRequest",
  describeFields(z.strictObject({ withModels: z.boolean().optional() }), {
    withModels: "Copy the models too, for machines that do not have them. Default false: their manifests only.",
  }),
  { description: "How to make a snapshot.", examples: [{ withModels: false }] },
);

const shape = {
  name: z.string(),
  path: z.string(),
  libraryId: z.string(),
  createdAt: z.string(),
  version: z.string(),
  libraryFormat: z.int(),
  documents: z.int(),
  chunks: z.int(),
  generations: z.array(
    z.object({
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
  models: z.array(z.object({ name: z.string(), version: z.string(), role: z.string(), complete: z.boolean() })),
  files: z.int(),
  bytes: z.int(),
};

const words = {
  name: "Names the snapshot: when it was made, with hyphens for colons.",
  path: "Its folder on the server's machine, for `lodestone restore`.",
  libraryId: "Names the library; the same in all its snapshots.",
  createdAt: "When it was made, ISO 8601.",
  version: "The version of Lodestone that made it.",
  libraryFormat: "The format of its database.",
  documents: "Documents in it.",
  chunks: "Chunks in it.",
  generations: "The indexes in it, each of one model and one chunking.",
  models: "The models that the library is searched with; `complete` where their files are in the snapshot.",
  files: "Files that it vouches for.",
  bytes: "Size of these files.",
};

const left = z.array(z.object({ path: z.string(), reason: z.string() }));

export const snapshotMadeSchema = named(
  "SnapshotMade",
  describeFields(z.object({ ...shape, left }), {
    ...words,
    left: "Index files that were not whole and are left out; they are made anew from the database.",
  }),
  { description: "The snapshot that was made." },
);

const completeSchema = named(
  "CompleteSnapshot",
  describeFields(z.object({ state: z.literal("complete"), ...shape }), {
    state: "Its description of itself is in order. Whether its files are is what `verify` tells.",
    ...words,
  }),
  { description: "A snapshot." },
);

const damagedSchema = named(
  "DamagedSnapshot",
  describeFields(z.object({ state: z.literal("damaged"), name: z.string(), path: z.string(), reason: z.string() }), {
    state: "Its description of itself cannot be read.",
    name: words.name,
    path: "Its folder.",
    reason: "What is wrong.",
  }),
  { description: "A folder with the name of a snapshot that is none any more." },
);

export const snapshotListSchema = named(
  "SnapshotList",
  describeFields(
    z.object({
      directory: z.string(),
      snapshots: z.array(z.discriminatedUnion("state", [completeSchema, damagedSchema])),
    }),
    { directory: "Where they lie.", snapshots: "Oldest first." },
  ),
  { description: "The snapshots there are." },
);

export const snapshotReportSchema = named(
  "SnapshotReport",
  describeFields(
    z.object({
      path: z.string(),
      ok: z.boolean(),
      faults: z.array(z.object({ file: z.string(), fault: z.string() })),
      snapshot: z.object(shape).optional(),
    }),
    {
      path: "Its folder.",
      ok: "Whether every byte is as it was written, and the database in order.",
      faults: "What is wrong, file by file.",
      snapshot: "What it says of itself, where that can be read.",
    },
  ),
  { description: "What checking a snapshot found." },
);

export const snapshotRemovedSchema = named(
  "SnapshotRemoved",
  describeFields(z.object({ removed: z.string() }), { removed: "Its name." }),
  { description: "The snapshot that was removed." },
);
