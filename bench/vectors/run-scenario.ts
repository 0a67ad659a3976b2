// One scenario from vectors to figures: ground truth, builds, then recall and latency in rounds, queries per second, filters
// and deletes.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildContestant, type Contestant } from "./contestants.js";
import { groundTruth } from "./ground-truth.js";
import { measureAll } from "./phases.js";
import type { Progress } from "./progress.js";
import { realVectors } from "./real-vectors.js";
import { openRecallMeter } from "./recall.js";
import type { ScenarioResult, SystemResult } from "./result.js";
import type { Scenario } from "./scenario.js";
import { syntheticVectors } from "./synthetic-vectors.js";
import { type SystemName, systemEntry, whyNot } from "./systems/registry.js";
import type { VectorSet } from "./vector-file.js";

/** More than the most results asked for: a tie at the end is seen. */
const truthDepth = 128;

export type ScenarioFolders = {
  /** Vectors and ground truth, kept from run to run. */
  cache: string;
  /** Files of the systems, gone after the run. */
  work: string;
};

export async function runScenario(
  scenario: Scenario,
  folders: ScenarioFolders,
  progress: Progress,
): Promise<ScenarioResult> {
  const vectors = await vectorsOf(scenario, folders.cache, progress);
  const truth = await groundTruth(
    folders.cache,
    vectors,
    truthDepth,
    progress.part("Exact scan for the truth", "rows"),
  );
  const meter = await openRecallMeter(vectors, truth);
  const work = join(folders.work, scenario.name);
  const contestants: Contestant[] = [];
  try {
    const skipped = await build(scenario, vectors, work, progress, contestants);
    const results = new Map(contestants.map((contestant) => [contestant, resultOf(contestant)]));
    await measureAll({ scenario, results, meter, progress });
    const failed = contestants.flatMap(({ entry: { title }, failure }) =>
      failure ? [{ title, reason: failure }] : [],
    );
    return {
      name: scenario.name,
      title: scenario.title,
      vectors: {
        label: vectors.label,
        source: vectors.source,
        rows: vectors.rows.rows,
        dimensions: vectors.rows.dimensions,
        queries: vectors.queries.rows,
      },
      rounds: scenario.effort.rounds,
      systems: [...results].filter(([{ failure }]) => !failure).map(([, result]) => result),
      skipped: [...skipped, ...failed],
    };
  } finally {
    meter.close();
    await Promise.all(contestants.map(({ process }) => process.end()));
    await rm(work, { recursive: true, force: true });
  }
}

function vectorsOf({ rows, dimensions, queries }: Scenario, cache: string, progress: Progress): Promise<VectorSet> {
  return dimensions === undefined
    ? realVectors(cache, rows, queries, progress.part("Embedding passages", "passages"))
    : syntheticVectors(cache, rows, queries, dimensions, progress.part("Drawing vectors", "rows"));
}

async function build(
  { systems, rows }: Scenario,
  vectors: VectorSet,
  work: string,
  progress: Progress,
  contestants: Contestant[],
): Promise<{ title: string; reason: string }[]> {
  const skipped: { title: string; reason: string }[] = [];
  const skip = (name: SystemName, reason: string) => {
    const { title } = systemEntry(name);
    progress.note(`${title} is skipped: ${reason}`);
    skipped.push({ title, reason });
  };
  for (const name of systems) {
    const reason = whyNot(name, rows);
    const built = reason === undefined ? await buildContestant(name, vectors, work, progress) : { failure: reason };
    if ("process" in built) contestants.push(built);
    else skip(name, built.failure);
  }
  return skipped;
}

function resultOf({ name, entry, facts, build, open }: Contestant): SystemResult {
  return {
    name,
    title: entry.title,
    kind: entry.kind,
    version: facts.version,
    isAsynchronous: facts.isAsynchronous,
    ...(facts.filters === undefined ? {} : { filters: facts.filters }),
    build,
    points: [],
    throughput: [],
    ...(open === undefined ? {} : { open }),
  };
}
