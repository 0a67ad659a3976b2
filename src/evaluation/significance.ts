// Whether two systems differ by more than chance: Fisher's paired randomisation test, which Smucker, Allan & Carterette
// (CIKM 2007) recommend for retrieval. If both were the same, each query's difference might as well bear the other sign:
// p is the share of sign patterns whose mean difference is at least as large as the one found, either way.

import { LodestoneError } from "../errors.js";
import { splitmix32 } from "../splitmix32.js";

export type Comparison = {
  /** Mean of second minus first. */
  meanDifference: number;
  /** Two-sided. */
  pValue: number;
  /** Queries in which the second is better, worse, equal. */
  wins: number;
  losses: number;
  ties: number;
  /** Sign patterns that were looked at; all of them where `isExact`. */
  permutations: number;
  isExact: boolean;
};

export type ComparisonOptions = {
  /** Random sign patterns, above 0. Default 100,000: p = 0.05 is then known to about 0.001. */
  permutations?: number;
  /** The same seed gives the same p. Default 1. */
  seed?: number;
};

// Sums of the same numbers in another order differ in their last digits; such a sum is as large as the one found.
const RELATIVE_TOLERANCE = 1e-9;

/** Compares per-query values of two systems, in the same order of queries. Throws INVALID_INPUT for unequal lengths. */
export function comparePaired(
  first: readonly number[],
  second: readonly number[],
  { permutations = 100_000, seed = 1 }: ComparisonOptions = {},
): Comparison {
  if (first.length !== second.length) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `A paired test needs values of the same queries; found ${first.length} and ${second.length}. Evaluate both systems on one collection.`,
    );
  }
  const differences = second.map((value, i) => value - first[i]!);
  // A query without a difference adds nothing under either sign.
  const magnitudes = Float64Array.from(
    differences.filter((difference) => difference !== 0),
    Math.abs,
  );
  const found = Math.abs(differences.reduce((sum, difference) => sum + difference, 0));
  const threshold = found - RELATIVE_TOLERANCE * magnitudes.reduce((sum, magnitude) => sum + magnitude, 0);
  const isExact = 2 ** magnitudes.length <= permutations;
  const wins = differences.filter((difference) => difference > 0).length;
  return {
    meanDifference: differences.length === 0 ? 0 : differences.reduce((sum, x) => sum + x, 0) / differences.length,
    pValue: isExact ? exactShare(magnitudes, threshold) : sampledShare(magnitudes, threshold, permutations, seed),
    wins,
    losses: magnitudes.length - wins,
    ties: differences.length - magnitudes.length,
    permutations: isExact ? 2 ** magnitudes.length : permutations,
    isExact,
  };
}

function exactShare(magnitudes: Float64Array, threshold: number): number {
  const patterns = 2 ** magnitudes.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let sum = 0;
    for (let i = 0; i < magnitudes.length; i++) sum += (pattern >>> i) & 1 ? magnitudes[i]! : -magnitudes[i]!;
    if (Math.abs(sum) >= threshold) extreme++;
  }
  return extreme / patterns;
}

// The pattern that was found is one of those looked at, so that p is never 0 (Phipson & Smyth 2010).
function sampledShare(magnitudes: Float64Array, threshold: number, permutations: number, seed: number): number {
  const random = splitmix32(seed);
  let extreme = 1;
  for (let permutation = 0; permutation < permutations; permutation++) {
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < magnitudes.length; i++) {
      if ((i & 31) === 0) bits = random.next();
      sum += bits & 1 ? magnitudes[i]! : -magnitudes[i]!;
      bits >>>= 1;
    }
    if (Math.abs(sum) >= threshold) extreme++;
  }
  return extreme / (permutations + 1);
}

/**
 * p-values of several comparisons against one baseline, each raised so that the chance of any false discovery among them
 * stays below the level it is held against (Holm 1979): the i-th smallest of m is multiplied by m - i + 1, and none falls
 * below a smaller one's.
 */
export function adjustHolm(pValues: readonly number[]): number[] {
  const order = Array.from(pValues.keys()).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let floor = 0;
  for (const [i, index] of order.entries()) {
    floor = Math.max(floor, Math.min(1, pValues[index]! * (pValues.length - i)));
    adjusted[index] = floor;
  }
  return adjusted;
}
