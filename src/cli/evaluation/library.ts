// The library that a collection is measured on: built from its documents, or the user's own, searched as it is.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine, EngineOptions } from "../../engine/index.js";
import type { BeirCollection } from "../../evaluation/index.js";
import type { DocumentInput } from "../../ingest/index.js";
import { withEngine, withoutReranking } from "../open-library.js";
import type { ProgressBar } from "../progress/progress-bar.js";
import { openRateMeter } from "../progress/rate-meter.js";
import { formatCount, formatRate } from "../render/numbers.js";
import type { VariantEngine } from "./stages.js";

export type LibraryPlace =
  /** Folder in which each collection's library is made, or brought up to date where it is there already. */
  | { kind: "made"; folder: string }
  /** A library that exists; it is only read. `tenant`: whose documents are searched, "" for nobody's. */
  | { kind: "own"; library: string; tenant: string };

export type MeasuredLibrary = {
  options: EngineOptions;
  tenant: string;
  documents: number;
  chunks: number;
  /** Name of the bi-encoder, without its version. */
  model: string;
  /** How long it took to make; null for the user's own. */
  indexMs: number | null;
};

/** Whether a library lies in `folder` itself. */
export async function isLibrary(folder: string): Promise<boolean> {
  const { databasePath } = await import("../../store/index.js");
  return existsSync(databasePath(folder));
}

export async function openMeasured(
  collection: BeirCollection,
  place: LibraryPlace,
  engineOptions: VariantEngine,
  { bar, signal }: { bar: ProgressBar; signal: AbortSignal },
): Promise<MeasuredLibrary> {
  const isOwn = place.kind === "own";
  const library = isOwn ? place.library : join(place.folder, collection.name);
  const options = { ...engineOptions, library };
  const startedMs = performance.now();
  const { status, size } = await withEngine({ ...options, ...withoutReranking, readOnly: isOwn }, async (engine) => {
    if (!isOwn) await putDocuments(engine, collection, bar, signal);
    const status = await engine.status();
    return { status, size: isOwn ? await sizeOf(engine, place.tenant, status.library) : status.library };
  });
  const { documents, chunks } = size;
  return {
    options: { ...options, readOnly: true },
    tenant: isOwn ? place.tenant : "",
    documents,
    chunks,
    model: status.models.biEncoder.replace(/@.*$/, ""),
    indexMs: isOwn ? null : performance.now() - startedMs,
  };
}

/** What belongs to a tenant, or to nobody: the rest of all. */
async function sizeOf(engine: Engine, name: string, all: { documents: number; chunks: number }) {
  const tenants = await engine.tenants();
  if (name !== "") return tenants.find((tenant) => tenant.name === name) ?? { documents: 0, chunks: 0 };
  return tenants.reduce(
    (left, { documents, chunks }) => ({ documents: left.documents - documents, chunks: left.chunks - chunks }),
    all,
  );
}

const BATCH_DOCUMENTS = 500;

async function putDocuments(
  engine: Engine,
  collection: BeirCollection,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<void> {
  // Read twice instead of held: a corpus may be larger than memory.
  let total = 0;
  for await (const _ of collection.documents()) total++;
  const meter = openRateMeter();
  let batch: DocumentInput[] = [];
  let done = 0;
  const putBatch = async () => {
    signal.throwIfAborted();
    meter.note(done, performance.now());
    const rate = meter.perSecond();
    const facts = `${formatCount(done)}/${formatCount(total)} documents${rate ? `  ${formatRate(rate)}/s` : ""}`;
    bar.show(`${collection.name}, indexing`, done / total, facts);
    await engine.put(batch, { signal });
    done += batch.length;
    batch = [];
  };
  for await (const { id, title, text } of collection.documents()) {
    // An empty title is given as such: the engine would make one up otherwise.
    batch.push({ id, title, text });
    if (batch.length === BATCH_DOCUMENTS) await putBatch();
  }
  if (batch.length > 0) await putBatch();
}
