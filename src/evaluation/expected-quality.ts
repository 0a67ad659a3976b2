// The quality that is expected of each collection, model and stage, in one file that is checked and from which the table in the
// documentation is printed (the idea is Anserini's regression files).
//
// {"format": 1, "tolerance": 0.005, "entries": [
//   {"collection": "scifact", "model": "minilex-embed-en", "stage": "hybrid", "measures": {"ndcg@10": 0.699, "recall@100": 0.94}}]}

import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import { measureOf } from "./measure.js";

const share = z.number().min(0).max(1);
const expectedSchema = z.strictObject({
  format: z.literal(1),
  /** How far a figure may lie off. Machines and thread counts move some by rounding. */
  tolerance: share.default(0.005),
  entries: z.array(
    z.strictObject({
      collection: z.string().min(1),
      model: z.string().min(1),
      stage: z.string().min(1),
      measures: z.record(z.string(), share),
      /** In place of the file's. */
      tolerance: share.optional(),
    }),
  ),
});
export type ExpectedQuality = z.infer<typeof expectedSchema>;

export type MeasuredQuality = {
  collection: string;
  model: string;
  stage: string;
  measures: Readonly<Record<string, number>>;
};

export type QualityVerdict = "met" | "worse" | "better" | "missing";

export type QualityCheck = {
  collection: string;
  model: string;
  stage: string;
  measure: string;
  expected: number;
  /** Absent where nothing was measured. */
  actual?: number;
  verdict: QualityVerdict;
};

/** Checks the content of the file; `file` is its name in errors. Throws INVALID_INPUT or UNKNOWN_FIELD. */
export function parseExpectedQuality(value: unknown, file: string): ExpectedQuality {
  const expected = parseInput(expectedSchema, value, file);
  for (const { measures } of expected.entries) for (const name of Object.keys(measures)) measureOf(name);
  return expected;
}

/**
 * Holds what was measured against what is expected. It fails where something is worse or missing; what is better by more
 * than the tolerance passes, and asks for the file to be brought up to date. What the file does not name is not looked at.
 */
export function checkQuality(
  { tolerance, entries }: ExpectedQuality,
  measured: readonly MeasuredQuality[],
): { passes: boolean; checks: QualityCheck[] } {
  const key = ({ collection, model, stage }: Omit<MeasuredQuality, "measures">) =>
    JSON.stringify([collection, model, stage]);
  const found = new Map(measured.map((quality) => [key(quality), quality.measures]));
  const checks = entries.flatMap((entry) => {
    const { collection, model, stage, measures } = entry;
    return Object.entries(measures).map(([measure, expected]): QualityCheck => {
      const actual = found.get(key(entry))?.[measure];
      const about = { collection, model, stage, measure, expected };
      if (actual === undefined) return { ...about, verdict: "missing" };
      const allowed = (entry.tolerance ?? tolerance) + 1e-9;
      const off = actual - expected;
      return { ...about, actual, verdict: off < -allowed ? "worse" : off > allowed ? "better" : "met" };
    });
  });
  return { passes: checks.every(({ verdict }) => verdict === "met" || verdict === "better"), checks };
}

/** A Markdown table of one measure: a line a model and stage, a column a collection and the mean over those that a line has. */
export function qualityTable({ entries }: ExpectedQuality, measure: string): string {
  const withMeasure = entries.filter(({ measures }) => measure in measures);
  const collections = [...new Set(withMeasure.map(({ collection }) => collection))];
  const rows = new Map<string, Map<string, number>>();
  for (const { collection, model, stage, measures } of withMeasure) {
    const name = `${model} | ${stage}`;
    rows.set(name, (rows.get(name) ?? new Map<string, number>()).set(collection, measures[measure]!));
  }
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const body = Array.from(rows, ([name, values]) => {
    const mean = [...values.values()].reduce((sum, value) => sum + value, 0) / values.size;
    const cells = collections.map((collection) => values.get(collection)?.toFixed(3) ?? "");
    return line([name, ...cells, mean.toFixed(3)]);
  });
  return [
    line([`model | ${measure}`, ...collections, "mean"]),
    line(["---", "---", ...collections.map(() => "---:"), "---:"]),
    ...body,
  ].join("");
}
