// From runs to figures: means, intervals, and how each stage compares with its baseline. What --json prints, and what tables and
// reports are made of.

import {
  adjustHolm,
  bootstrapMean,
  compareRuns,
  percentile,
  type RunSummary,
  type StageResult,
} from "../../evaluation/index.js";
import type { Evaluated } from "./evaluate.js";

export type StageComparison = {
  baseline: string;
  measure: string;
  /** Stage less baseline, with the interval that holds 95 of 100 resampled means. */
  difference: number;
  low: number;
  high: number;
  /** Two-sided, of the paired randomisation test; `pHolm`: raised for the number of comparisons in the table (Holm). */
  pValue: number;
  pHolm: number;
  wins: number;
  losses: number;
  ties: number;
};

export type StageFigures = {
  stage: string;
  measures: Record<string, number>;
  /** Of each measure, the interval that holds 95 of 100 resampled means. */
  intervals: Record<string, { low: number; high: number }>;
  /** null where nothing was timed. */
  p50Ms: number | null;
  p95Ms: number | null;
  /** null for the baseline. */
  comparison: StageComparison | null;
};

export type CollectionFigures = Omit<Evaluated, "stages"> & { stages: StageFigures[] };

export type EvaluationReport = {
  collections: CollectionFigures[];
  /** Unweighted means over the collections, where there are several. */
  mean: { stage: string; measures: Record<string, number> }[] | null;
};

/** What stages are compared with: each with the one before it, all with one of them, or with a run from a file. */
export type Baseline =
  | { kind: "before" }
  | { kind: "stage"; name: string }
  | { kind: "run"; name: string; summaryOf(collection: string): RunSummary };

type Reference = { name: string; summary: RunSummary };

export function figuresOf(evaluated: readonly Evaluated[], baseline: Baseline = { kind: "before" }): EvaluationReport {
  const collections = evaluated.map((collection): CollectionFigures => {
    const references = collection.stages.map((_, i) => referenceOf(collection, i, baseline));
    return { ...collection, stages: stageFigures(collection.stages, references) };
  });
  return { collections, mean: collections.length > 1 ? meanFigures(collections) : null };
}

function referenceOf({ name, stages }: Evaluated, i: number, baseline: Baseline): Reference | undefined {
  switch (baseline.kind) {
    case "before":
      return stages[i - 1];
    case "stage":
      return stages[i]?.name === baseline.name ? undefined : stages.find((stage) => stage.name === baseline.name);
    case "run":
      return { name: baseline.name, summary: baseline.summaryOf(name) };
    default:
      return baseline satisfies never;
  }
}

/** `references`: what each stage is compared with, by the first measure; undefined for nothing. */
export function stageFigures(
  stages: readonly (Pick<StageResult, "name" | "summary"> & { latenciesMs?: readonly number[] })[],
  references: readonly (Reference | undefined)[],
): StageFigures[] {
  const comparisons = stages.map(({ summary }, i) => {
    const reference = references[i];
    return reference && comparisonOf(reference, summary);
  });
  const compared = comparisons.filter((comparison) => comparison !== undefined);
  const adjusted = adjustHolm(compared.map(({ pValue }) => pValue));
  return stages.map(({ name, summary, latenciesMs }, i) => {
    const comparison = comparisons[i];
    return {
      stage: name,
      measures: summary.means,
      intervals: intervalsOf(summary),
      p50Ms: latenciesMs ? percentile(latenciesMs, 0.5) : null,
      p95Ms: latenciesMs ? percentile(latenciesMs, 0.95) : null,
      comparison: comparison ? { ...comparison, pHolm: adjusted[compared.indexOf(comparison)]! } : null,
    };
  });
}

function intervalsOf({ values }: RunSummary): StageFigures["intervals"] {
  return Object.fromEntries(
    Object.entries(values).map(([measure, each]) => {
      const { low, high } = bootstrapMean(each);
      return [measure, { low, high }];
    }),
  );
}

function comparisonOf(reference: Reference, summary: RunSummary): Omit<StageComparison, "pHolm"> {
  const [measure = ""] = Object.keys(summary.values);
  const { difference, test } = compareRuns(byFirstMeasure(reference.summary), byFirstMeasure(summary))[0]!;
  const { pValue, wins, losses, ties } = test;
  const { mean, low, high } = difference;
  return { baseline: reference.name, measure, difference: mean, low, high, pValue, wins, losses, ties };
}

function byFirstMeasure({ values, ...rest }: RunSummary): RunSummary {
  return { ...rest, values: Object.fromEntries(Object.entries(values).slice(0, 1)) };
}

function meanFigures(collections: readonly CollectionFigures[]): NonNullable<EvaluationReport["mean"]> {
  return (collections[0]?.stages ?? []).map(({ stage, measures }, i) => ({
    stage,
    measures: Object.fromEntries(
      Object.keys(measures).map((name) => {
        const values = collections.map(({ stages }) => stages[i]?.measures[name] ?? 0);
        return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
      }),
    ),
  }));
}
