// Opens an engine: wires the rooms together around one library. Closing takes them apart in reverse order.

import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { systemClock } from "../clock.js";
import {
  type Catalogue,
  openBiEncoder,
  openCatalogue,
  openCrossEncoder,
  openSparseEncoder,
} from "../encoders/index.js";
import { type IngestClient, startIngest } from "../ingest/index.js";
import { ConfidenceScales, Monitor } from "../monitoring/index.js";
import { RerankPace } from "../retrieval/index.js";
import { startReader, storedGeneration } from "../store/index.js";
import { openArm, type SearchingParts } from "./arm.js";
import { Arms } from "./arms.js";
import { type ChosenModels, checkGeneration, chooseModels } from "./choose-models.js";
import { OpenEngine } from "./engine.js";
import type { Engine } from "./engine-verbs.js";
import { JobDesk } from "./jobs.js";
import { MigrationDesk } from "./migration.js";
import { libraryModelDirectories } from "./model-directories.js";
import { Opened, settleAll } from "./opened.js";
import { type CheckedEngineOptions, checkEngineOptions, type EngineOptions } from "./options.js";
import { Ranking } from "./ranking.js";
import { Reports } from "./reports.js";
import { openSnapshots } from "./snapshots.js";
import { folderBytes } from "./status.js";
import { openSynonyms } from "./synonyms-file.js";
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
    return await openParts(library, checked, { models, catalogue }, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openParts(
  library: string,
  options: CheckedEngineOptions,
  { models, catalogue }: { models: ChosenModels; catalogue: Catalogue },
  opened: Opened,
): Promise<Engine> {
  const { onNotice = () => undefined } = options;
  const synonyms = await openSynonyms(options.synonyms);
  const threads = options.threads.query === undefined ? {} : { threads: options.threads.query };
  // The models load while the library does. All are awaited also when one fails, so that every part gets closed.
  const encoder = opened.add(openBiEncoder(models.biEncoder, threads));
  const sparseEncoder = models.sparseEncoder
    ? opened.add(openSparseEncoder(models.sparseEncoder, threads))
    : Promise.resolve(undefined);
  const crossEncoder = models.crossEncoder
    ? opened.add(openCrossEncoder(models.crossEncoder, threads))
    : Promise.resolve(undefined);
  const ranking = new Ranking();
  const searching: SearchingParts = {
    rerankPace: new RerankPace(),
    synonyms,
    learned: (models) => ranking.of(models),
    scales: new ConfidenceScales(),
    onQueryCost: (tenant, model, cost) => monitor.noteQueryCost(tenant, model, cost),
  };
  const opening = (async () => {
    const ingest = options.readOnly ? undefined : await opened.add(startWriting(library, options, models));
    const reader = await opened.add(startReader(library));
    const generation = await reader.call("generation", null);
    checkGeneration(generation, models, library);
    ranking.load(await reader.call("rankings", null));
    const sparse = { sparseEncoder, sparseModel: models.sparseEncoder };
    const arm = { library, generation, encoder, ...sparse, crossEncoder, options, ...searching };
    const arms = await opened.add(openArm(arm).then((active) => new Arms(active)));
    return { ingest, reader, arms };
  })();
  const all = [encoder, crossEncoder, opening, sparseEncoder] as const;
  const [, reranker, { ingest, reader, arms }] = await settleAll(all);
  const vacuums = new Vacuums({ reader, arms, ingest, options: options.vacuum, onNotice });
  await opened.add(Promise.resolve(vacuums));
  const jobs: JobDesk = new JobDesk({
    library,
    ingest,
    reader,
    arms,
    onRun: () => monitor.noteRun(),
    onFilled: (progress) => migration.noteProgress(progress),
    async onChanged() {
      await arms.active.graph.consider();
      await vacuums.consider();
      engine.considerTenants();
    },
    onNotice,
  });
  await opened.add(Promise.resolve(jobs));
  const migration = new MigrationDesk({
    ...{ library, arms, reader, ingest, catalogue, options, onNotice, searching },
    crossEncoder: reranker,
    inOrder: (change) => jobs.inOrder(change),
  });
  await opened.add(Promise.resolve(migration));
  const watching = await opened.add(Promise.resolve(openWatching(library, jobs)));
  const reports = await opened.add(Promise.resolve(new Reports(library)));
  const snapshots = await opened.add(
    Promise.resolve(openSnapshots({ library, models, reader, asked: options.snapshotDirectory })),
  );
  const monitor: Monitor = new Monitor({
    ...{ library, reader, ingest, onNotice, scales: searching.scales, options: options.monitoring },
    arms: () => [arms.active, ...(arms.completeShadow ? [arms.completeShadow] : [])],
    crossEncoder: models.crossEncoder?.version ?? null,
    countStale: async () => (await engine.stale.list({ limit: 1 })).total,
    async cacheLookups() {
      const { entries, hits, misses } = await engine.cache.status();
      return { entries, hits: hits.memory + hits.disk, lookups: hits.memory + hits.disk + misses };
    },
    libraryBytes: () => folderBytes(library),
    clock: systemClock,
  });
  await opened.add(Promise.resolve(monitor));
  const engine: OpenEngine = new OpenEngine({
    ...{
      options,
      snapshots,
      watching,
      vacuums,
      reports,
      library,
      models,
      catalogue,
      jobs,
      migration,
      monitor,
      ranking,
      ingest,
      reader,
      arms,
      opened,
    },
  });
  await monitor.start();
  jobs.start();
  await migration.resume();
  engine.considerTenants();
  return engine;
}

async function startWriting(
  library: string,
  options: CheckedEngineOptions,
  models: ChosenModels,
): Promise<IngestClient> {
  await mkdir(library, { recursive: true });
  return startIngest({
    library,
    models: { model: models.biEncoder, sparseModel: models.sparseEncoder },
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
