// Two runs of one collection side by side: means with intervals, the interval of their difference over the same queries, and
// the paired randomisation test.

import { LodestoneError } from "../errors.js";
import { type BootstrapOptions, bootstrapMean, type Interval } from "./bootstrap.js";
import { type Comparison, type ComparisonOptions, comparePaired } from "./significance.js";
import type { RunSummary } from "./summary.js";

export type RunComparison = {
  measure: string;
  queries: number;
  first: Interval;
  second: Interval;
  /** Second less first, of the queries drawn together. */
  difference: Interval;
  test: Comparison;
};

/**
 * One comparison a measure that both runs have. Queries are matched by id; throws INVALID_INPUT for runs over different
 * queries, which do not compare.
 */
export function compareRuns(
  first: RunSummary,
  second: RunSummary,
  options: BootstrapOptions & ComparisonOptions = {},
): RunComparison[] {
  const places = new Map(second.queryIds.map((id, i) => [id, i]));
  const missing = first.queryIds.find((id) => !places.has(id));
  if (missing !== undefined || first.queryIds.length !== second.queryIds.length) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `Runs compare over the same queries; found ${first.queryIds.length} and ${second.queryIds.length}` +
        (missing === undefined ? "." : `, and query "${missing}" is in the first alone.`),
    );
  }
  return Object.keys(first.values)
    .filter((measure) => measure in second.values)
    .map((measure) => {
      const ours = first.values[measure]!;
      const theirs = first.queryIds.map((id) => second.values[measure]![places.get(id)!]!);
      return {
        measure,
        queries: ours.length,
        first: bootstrapMean(ours, options),
        second: bootstrapMean(theirs, options),
        difference: bootstrapMean(
          theirs.map((value, i) => value - ours[i]!),
          options,
        ),
        test: comparePaired(ours, theirs, options),
      };
    });
}
