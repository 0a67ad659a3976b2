// Gathers what a diagnosis goes by: from the library, from the models by embedding again, from the last hour of queries, and from
// the search itself.

import { pipelineVersion } from "../documents/index.js";
import type { BiEncoder } from "../encoders/index.js";
import {
  compareRanks,
  compareReembedding,
  cosineDistance,
  type Facts,
  type HealthReport,
  type Reembedding,
  uncalibratedMissRate,
} from "../quality/index.js";
import type { IngestRun, QualityNotes } from "../store/index.js";
import { askQueries } from "./calibrate-arm.js";
import type { ConfidenceScales } from "./confidence-scales.js";
import { type HealthClient, withHealthThread } from "./health-thread.js";
import type { KnownQuery } from "./known-queries.js";
import type { QueryLog } from "./query-log.js";
import type { Probes } from "./stored-facts.js";
import type { WatchedArm } from "./watched-arm.js";

export type FactsParts = {
  library: string;
  arm: WatchedArm;
  notes: QualityNotes;
  log: QueryLog;
  scales: ConfidenceScales;
  /** Documents of the library. */
  documents: number;
  cache: { entries: number; lookups: number; hits: number };
  /** Documents whose content is to be looked at again by their policies. */
  overdue: number;
  nowMs: number;
  signal: AbortSignal;
};

const KNOWN_QUERIES = 48;
const FEWEST_KNOWN = 8;
const PROBED_QUERIES = 24;
/** Rows times queries of the exact scan. */
const SCANNED = 4_000_000;
const NEIGHBOURS = 10;
const WANTED_RECALL = 0.95;
/** Rounding, and what dynamic quantization makes of another batch, stay below. */
const SAME_DISTANCE = 0.02;

export async function gatherFacts(parts: FactsParts): Promise<Facts> {
  const { library, arm, signal } = parts;
  return withHealthThread(library, arm.generation.id, signal, (client) => gather(parts, client));
}

async function gather(parts: FactsParts, client: HealthClient): Promise<Facts> {
  const { arm, notes, log, documents, cache, overdue, nowMs, signal } = parts;
  const { id, modelVersion } = arm.generation;
  const run = notes.runs.find((candidate) => candidate.generation === id);
  const judged = notes.runs.find((candidate) => candidate.generation === id && candidate.health !== null);
  const { chunksByPipeline, probes, texts, staleness } = await client.call("facts", { run: judged?.id });
  const known = await client.call("knownQueries", { count: KNOWN_QUERIES });
  const again = await embedAgain(arm.encoder, probes, signal);
  const recall = await recallOf(arm, client, known, signal);
  const queries = queryFacts(parts);
  const queryVectors = await queryVectorsOf(arm, signal);
  const queryLog = await queryLogOf(arm, log, known, signal);
  const chunks = Object.values(chunksByPipeline).reduce((sum, count) => sum + count, 0);
  return {
    nowMs,
    versions: {
      model: arm.encoder.model.version,
      pipeline: pipelineVersion,
      chunksByModel: chunks > 0 ? { [modelVersion]: chunks } : {},
      chunksByPipeline,
    },
    cache: { ...cache, probes: again?.remembered ?? 0, mismatches: again?.mismatches ?? 0 },
    ...(run ? { ingest: ingestFacts(run, documents), truncation: truncationOf(run, arm.encoder) } : {}),
    ...(judged?.health ? { batch: JSON.parse(judged.health) as HealthReport } : {}),
    ...(notes.states["index-health"] ? { index: JSON.parse(notes.states["index-health"]) as HealthReport } : {}),
    ...(texts ? { texts } : {}),
    ...(staleness
      ? { staleness: { ...staleness, overdue: Math.max(0, overdue - staleness.changed - staleness.missing) } }
      : {}),
    ...(again ? { passages: again.passages } : {}),
    ...(queryVectors ? { queryVectors } : {}),
    ...(queries ? { queries } : {}),
    ...(queryLog ? { queryLog } : {}),
    ...(recall ? { recall } : {}),
  };
}

function ingestFacts({ finishedMs, documents: written, failed }: IngestRun, documents: number) {
  return { finishedMs, written, failed, libraryDocuments: documents };
}

function truncationOf({ embedded, truncated }: IngestRun, { model }: BiEncoder): NonNullable<Facts["truncation"]> {
  return { texts: embedded, truncated, maxTokens: model.manifest.maxTokens };
}

async function embedAgain(
  encoder: BiEncoder,
  { passages, vectors, remembered }: Probes,
  signal: AbortSignal,
): Promise<{ passages: Reembedding; remembered: number; mismatches: number } | undefined> {
  if (passages.length === 0) return undefined;
  const { dimensions, model } = encoder;
  const { queryPrefix, passagePrefix } = model.manifest;
  const embed = async (texts: readonly string[], kind: "query" | "passage") =>
    (await encoder.embed(texts, kind, { signal })).vectors;
  const asIntended = await embed(passages, "passage");
  const heads: Float32Array[] = [];
  for (const share of [2, 4, 8])
    heads.push(
      await embed(
        passages.map((passage) => headOf(passage, share)),
        "passage",
      ),
    );
  const compared = compareReembedding({
    dimensions,
    stored: vectors,
    asIntended,
    heads,
    ...(queryPrefix === passagePrefix ? {} : { otherPrefix: await embed(passages, "query") }),
  });
  const known = remembered.flatMap((vector, i) =>
    vector ? [cosineDistance(vector, asIntended.subarray(i * dimensions, (i + 1) * dimensions))] : [],
  );
  const mismatches = known.filter((distance) => distance > SAME_DISTANCE).length;
  return { passages: compared, remembered: known.length, mismatches };
}

function headOf(text: string, share: number): string {
  const words = text.split(/\s+/);
  return words.slice(0, Math.max(1, Math.ceil(words.length / share))).join(" ");
}

async function queryVectorsOf(
  { encoder, searcherOf }: WatchedArm,
  signal: AbortSignal,
): Promise<Reembedding | undefined> {
  const remembered = searcherOf("").rememberedQueries(PROBED_QUERIES);
  if (remembered.length === 0) return undefined;
  const texts = remembered.map(({ query }) => query);
  const { dimensions, model } = encoder;
  const { queryPrefix, passagePrefix } = model.manifest;
  const stored = new Float32Array(remembered.length * dimensions);
  for (const [i, { vector }] of remembered.entries()) stored.set(vector, i * dimensions);
  const { vectors: asIntended } = await encoder.embed(texts, "query", { signal });
  const otherPrefix =
    queryPrefix === passagePrefix ? undefined : (await encoder.embed(texts, "passage", { signal })).vectors;
  return compareReembedding({ dimensions, stored, asIntended, ...(otherPrefix ? { otherPrefix } : {}) });
}

/** The last hour in counts. */
function queryFacts({ log, arm, scales, nowMs }: FactsParts): Facts["queries"] {
  const { queries, zeroResultRate, lowConfidenceRate, degradedRate } = log.summary(nowMs);
  if (queries === 0) return undefined;
  const count = (rate: number | null) => Math.round((rate ?? 0) * queries);
  const calibrated = scales.get(arm.generation.id);
  const scale = calibrated?.logit ?? calibrated?.cosine;
  return {
    queries,
    zeroResults: count(zeroResultRate),
    lowConfidence: count(lowConfidenceRate),
    degraded: count(degradedRate),
    expectedLowConfidenceRate: scale?.missRate ?? uncalibratedMissRate,
  };
}

/** What is asked beside what known items ask, whose own documents are left out: as hard as a question about the library may be. */
async function queryLogOf(
  arm: WatchedArm,
  log: QueryLog,
  known: readonly KnownQuery[],
  signal: AbortSignal,
): Promise<Facts["queryLog"]> {
  const scores = log.topScores(arm.generation.id);
  if (scores.length === 0 || known.length < FEWEST_KNOWN) return undefined;
  const { cosine } = await askQueries(arm, known, { signal, load: () => 1, denseOnly: true });
  return { topScores: compareRanks(scores, cosine) };
}

/** How many of the true neighbours the search finds, against vectors as they are stored: whole. */
async function recallOf(
  { encoder, index, generation }: WatchedArm,
  client: HealthClient,
  known: readonly KnownQuery[],
  signal: AbortSignal,
): Promise<Facts["recall"]> {
  const { rows, format, storedDimensions, dimensions } = await index.vectors.status();
  const count = Math.min(known.length, Math.floor(SCANNED / Math.max(1, rows)));
  if (count < FEWEST_KNOWN) return undefined;
  const texts = known.slice(0, count).map(({ query }) => query);
  const vectors = nonZero((await encoder.embed(texts, "query", { signal })).vectors, generation.dimensions);
  if (vectors.length === 0) return undefined;
  const truth = await client.call("nearest", { queries: vectors, k: NEIGHBOURS });
  let sought = 0;
  let found = 0;
  let plan = "none";
  for (const [i, nearest] of truth.entries()) {
    const query = vectors.slice(i * generation.dimensions, (i + 1) * generation.dimensions);
    const allow = index.scopeOf("");
    const result = await index.vectors.search(query, { k: NEIGHBOURS, recall: WANTED_RECALL, allow, signal });
    plan = result.plan.kind;
    const wanted = new Set(nearest);
    sought += wanted.size;
    found += result.rows.filter((row) => wanted.has(row)).length;
  }
  const width = storedDimensions < dimensions ? `, ${storedDimensions} of ${dimensions} dimensions` : "";
  return { plan: `${plan}, ${format}${width}`, wanted: WANTED_RECALL, sought, found };
}

/** Rows without those of texts of which the model knows no word: they have no neighbours. */
function nonZero(vectors: Float32Array, dimensions: number): Float32Array {
  const rows = Array.from({ length: vectors.length / dimensions }, (_, i) =>
    vectors.subarray(i * dimensions, (i + 1) * dimensions),
  ).filter((row) => row.some((x) => x !== 0));
  const kept = new Float32Array(rows.length * dimensions);
  rows.forEach((row, i) => {
    kept.set(row, i * dimensions);
  });
  return kept;
}
