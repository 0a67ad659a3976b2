// A run against the judgements of its collection: each measure for each query, and its mean over all queries.

import type { Measure } from "./measure.js";
import type { Judgements, Ranking } from "./metrics.js";

/** Judgements of each query. */
export type Qrels = ReadonlyMap<string, Judgements>;

/** Ranking of each query. */
export type Run = ReadonlyMap<string, Ranking>;

export type RunSummary = {
  /** Means by name of measure. */
  means: Record<string, number>;
  /** Values by name of measure, in the order of `queryIds`: what significance tests compare. */
  values: Record<string, number[]>;
  queryIds: string[];
};

/**
 * Evaluates a run over every query of `qrels`. A query that the run lacks counts 0 (trec_eval -c); one that `qrels` lacks
 * is left out.
 */
export function summariseRun(run: Run, qrels: Qrels, measures: readonly Measure[]): RunSummary {
  const queryIds = [...qrels.keys()];
  const values = Object.fromEntries(
    measures.map(({ name, of }) => [name, queryIds.map((id) => of(run.get(id) ?? [], qrels.get(id)!))]),
  );
  const means = Object.fromEntries(measures.map(({ name }) => [name, mean(values[name]!)]));
  return { means, values, queryIds };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
