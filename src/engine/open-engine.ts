// Opens an engine: wires the rooms together around one library. Closing takes them apart in reverse order.

import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { openBiEncoder, openCatalogue, openCrossEncoder } from "../encoders/index.js";
import { type IngestClient, startIngest } from "../ingest/index.js";
import { startReader, storedGeneration } from "../store/index.js";
import { type ChosenModels, checkGeneration, chooseModels } from "./choose-models.js";
import { CodeKeeper } from "./code-keeper.js";
import { type Engine, OpenEngine } from "./engine.js";
import { GraphKeeper } from "./graph-keeper.js";
import { indexFolder, makeIndexFolder } from "./index-folder.js";
import { JobDesk } from "./jobs.js";
import { LiveIndex } from "./live-index.js";
import { libraryModelDirectories } from "./model-directories.js";
import { Opened, settleAll } from "./opened.js";
import { type CheckedEngineOptions, checkEngineOptions, type EngineOptions } from "./options.js";
import { Reports } from "./reports.js";
import { openSnapshots } from "./snapshots.js";
import { Vacuums } from "./vacuums.js";
import { openWatching } from "./watching.js";

/**
 * Opens a library, creating it where it does not exist.
 *
 * @throws LIBRARY_LOCKED when another process writes it, LIBRARY_NOT_FOUND (read-only), LIBRARY_TOO_NEW,
 *   LIBRARY_DAMAGED, MODEL_NOT_FOUND, MODEL_ALTERED, MODEL_VERSION_MISMATCH, INVALID_INPUT.
 * @example
 *   await using engine = await openEngine({ library: "./my-library" });
 *   await engine.ingestPaths(["./notes"]);
 *   const { hits } = await engine.search({ query: "how do I rotate the keys" });
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const checked = checkEngineOptions(options);
  const library = resolve(checked.library);
  const stored = storedGeneration(library);
  const catalogue = openCatalogue(libraryModelDirectories(library, checked.models));
  const models = chooseModels(catalogue, checked, stored);
  const opened = new Opened();
  try {
    return await openParts(library, checked, models, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openParts(
  library: string,
  options: CheckedEngineOptions,
  models: ChosenModels,
  opened: Opened,
): Promise<Engine> {
  const { onNotice = () => undefined } = options;
  const threads = options.threads.query === undefined ? {} : { threads: options.threads.query };
  // The models load while the library does. All are awaited also when one fails, so that every part gets closed.
  const encoders = settleAll([
    opened.add(openBiEncoder(models.biEncoder, threads)),
    models.crossEncoder ? opened.add(openCrossEncoder(models.crossEncoder, threads)) : Promise.resolve(undefined),
  ] as const);
  const rows = (async () => {
    const ingest = options.readOnly ? undefined : await opened.add(startWriting(library, options, models));
    const reader = await opened.add(startReader(library));
    const generation = await reader.call("generation", null);
    checkGeneration(generation, models, library);
    const { readOnly } = options;
    const { onDisk, ...kept } = options.vectors;
    const folder = indexFolder(library, generation);
    if (onDisk && !readOnly) await makeIndexFolder(folder);
    const place = onDisk ? { onDisk: { ...folder, readOnly } } : {};
    const index = await opened.add(
      LiveIndex.open(reader, { dimensions: generation.dimensions, ...kept, ...place, onNotice }),
    );
    // Of rows the last may have died: what was given out before counts too.
    const sequence = () => Math.max(generation.nextRow, index.end);
    const codes = new CodeKeeper(index.vectors, { folder, sequence, readOnly, onNotice });
    await opened.add(Promise.resolve(codes));
    await codes.load();
    const graph = new GraphKeeper(index.vectors, {
      library,
      modelVersion: generation.modelVersion,
      readOnly,
      // Vectors on disk have none.
      fromRows: onDisk ? 0 : options.graphFromChunks,
      onNotice,
    });
    await opened.add(Promise.resolve(graph));
    await graph.load();
    return { ingest, reader, generation, index, graph };
  })();
  const [[encoder, crossEncoder], { ingest, reader, generation, index, graph }] = await settleAll([
    encoders,
    rows,
  ] as const);
  const vacuums = new Vacuums({ reader, ingest, options: options.vacuum, onNotice });
  await opened.add(Promise.resolve(vacuums));
  const jobs = new JobDesk({
    library,
    ingest,
    reader,
    index,
    async onChanged() {
      await graph.consider();
      await vacuums.consider();
    },
    onNotice,
  });
  await opened.add(Promise.resolve(jobs));
  const watching = await opened.add(Promise.resolve(openWatching(library, jobs)));
  const reports = await opened.add(Promise.resolve(new Reports(library)));
  const snapshots = await opened.add(
    Promise.resolve(openSnapshots({ library, models, reader, asked: options.snapshotDirectory })),
  );
  jobs.start();
  return new OpenEngine({
    options,
    snapshots,
    watching,
    vacuums,
    reports,
    library,
    models,
    jobs,
    ingest,
    reader,
    generation,
    index,
    graph,
    encoder,
    crossEncoder,
    opened,
  });
}

async function startWriting(
  library: string,
  options: CheckedEngineOptions,
  models: ChosenModels,
): Promise<IngestClient> {
  await mkdir(library, { recursive: true });
  return startIngest({
    library,
    model: models.biEncoder,
    chunking: models.chunking,
    encoderThreads: options.threads.ingest,
    cache: cacheSettings(options.cache),
    queue: queueSettings(options.queue),
  });
}

function queueSettings({ maxBatch, maxBatchTokens, ...settings }: CheckedEngineOptions["queue"]) {
  return { ...settings, passages: maxBatch, tokens: maxBatchTokens };
}

function cacheSettings({ off, ttlDays, ...bytes }: CheckedEngineOptions["cache"]) {
  return off ? undefined : { ...bytes, ttlMs: ttlDays * 24 * 3_600_000 };
}
