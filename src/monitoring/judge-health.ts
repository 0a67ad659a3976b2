// Judges what came into the index, and the index as a whole, against a baseline: the first good sample, which grows with a library that
// stays healthy until it is full.

import type { JudgedHealth } from "../ingest/index.js";
import {
  calibrateHealthSteps,
  type EmbeddingSample,
  embeddingHealthSteps,
  fewestBaselineRows,
  finish,
  type HealthCalibration,
  type HealthReport,
} from "../quality/index.js";
import type { IngestRun, Reader } from "../store/index.js";
import { baselineFrom, indexSample, type RowsWithVectors, vectorsOf } from "./sample-vectors.js";

export type JudgeRequest = {
  /** The runs that were not judged yet, or all. */
  runs: "new" | "all";
  /** Takes the index as it is now for the known-good one. */
  rebase: boolean;
  nowMs: number;
};

/** What is kept of the baseline beside its vectors. Plain JSON. */
export type BaselineState = { calibration: HealthCalibration; madeMs: number };

/** A baseline of so many rows does not grow any more. */
const FULL_BASELINE = 256;
const RANDOM_SEED = 1;

type Baseline = { sample: EmbeddingSample; state: BaselineState };
type Fresh = Pick<JudgedHealth, "baseline"> & Baseline;

export function judgeHealth(
  reader: Reader,
  { runs: which, rebase, nowMs }: JudgeRequest,
  random: () => number,
): JudgedHealth {
  const generation = reader.generation();
  const { runs: all, states } = reader.quality.notes();
  // The oldest first.
  const runs = all.filter((run) => run.generation === generation.id).reverse();
  const whole = indexSample(reader, random);
  let fresh: Fresh | undefined;
  let baseline = rebase ? undefined : storedBaseline(reader, states.baseline);
  if (!baseline) {
    fresh = firstBaseline(reader, runs, whole, rebase, nowMs);
    baseline = fresh;
  }
  const judged: JudgedHealth["runs"] = [];
  const statusOf = new Map(runs.map(({ id, health }) => [id, health === null ? undefined : statusIn(health)]));
  if (baseline) {
    for (const run of runs) {
      if (run.health !== null && which === "new") continue;
      const report = judge(baseline, vectorsOf(reader, reader.quality.sampled(run.id)).sample);
      judged.push({ id: run.id, health: JSON.stringify(report) });
      statusOf.set(run.id, report.status);
    }
  }
  const index = baseline && judge(baseline, whole.sample);
  const isCalm = [...statusOf.values()].every((status) => status !== "warning" && status !== "critical");
  const mayGrow = !fresh && baseline && baseline.sample.rows < FULL_BASELINE && isCalm && index?.status === "healthy";
  if (mayGrow && whole.rows.length >= 2 * baseline!.sample.rows) fresh = baselineOf(reader, whole, whole.norms, nowMs);
  return {
    generation: generation.id,
    runs: judged,
    states: {
      "index-health": index ? JSON.stringify(index) : null,
      ...(fresh ? { baseline: JSON.stringify(fresh.state) } : {}),
    },
    baseline: fresh?.baseline,
  };
}

function judge({ sample, state }: Baseline, current: EmbeddingSample): HealthReport {
  return finish(embeddingHealthSteps(sample, current, { calibration: state.calibration, seed: RANDOM_SEED }));
}

function statusIn(health: string): HealthReport["status"] {
  return (JSON.parse(health) as HealthReport).status;
}

/** Of a baseline whose documents have gone too few may be left: another one is made then. */
function storedBaseline(reader: Reader, state: string | undefined): Baseline | undefined {
  if (state === undefined) return undefined;
  const { rows, vectors } = reader.quality.baseline();
  if (rows.length < fewestBaselineRows) return undefined;
  const norms = Float32Array.from(rows, ({ norm }) => norm);
  const sample = baselineFrom(reader.generation().dimensions, vectors, norms);
  return { sample, state: JSON.parse(state) as BaselineState };
}

// Where several runs came before anybody looked, the first one of some size is what the others are held against.
function firstBaseline(
  reader: Reader,
  runs: readonly IngestRun[],
  whole: RowsWithVectors & { norms: Float32Array },
  rebase: boolean,
  nowMs: number,
): Fresh | undefined {
  const candidates = rebase || runs.length < 2 ? [] : runs;
  for (const { id } of candidates) {
    const sampled = reader.quality.sampled(id);
    if (sampled.length < fewestBaselineRows) continue;
    const found = vectorsOf(reader, sampled);
    const normOf = new Map(sampled.map(({ row, norm }) => [row, norm]));
    return baselineOf(
      reader,
      found,
      Float32Array.from(found.rows, (row) => normOf.get(row)!),
      nowMs,
    );
  }
  return whole.rows.length < fewestBaselineRows ? undefined : baselineOf(reader, whole, whole.norms, nowMs);
}

function baselineOf(
  reader: Reader,
  { rows, sample: { dimensions, vectors } }: RowsWithVectors,
  norms: Float32Array,
  nowMs: number,
): Fresh | undefined {
  const sample = baselineFrom(dimensions, vectors, norms);
  const calibration = finish(calibrateHealthSteps(sample, { seed: RANDOM_SEED }));
  if (!calibration) return undefined;
  const keys = reader.quality.documentKeys(rows);
  const stored = keys.map((documentKey, i) => ({ documentKey, norm: norms[i]! }));
  return { sample, state: { calibration, madeMs: nowMs }, baseline: { rows: stored, vectors } };
}
