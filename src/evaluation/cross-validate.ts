// Choosing among settings without fooling oneself: each query is judged with the setting that is best on other queries.

import { splitmix32 } from "../splitmix32.js";
import { shuffled } from "./random.js";

export type CrossValidation = {
  /** The setting that is best on all queries; of equal ones the first. */
  chosen: number;
  /** For each fold the setting that is best on the others. */
  choices: number[];
  /** For each query its score with the choice of its fold. */
  heldOut: number[];
  /** Mean of the held-out scores less the default's. */
  meanDifference: number;
  /** Two-sided, of a randomisation test that makes the choice anew each time. */
  pValue: number;
};

type CrossValidationOptions = {
  /** What each query counts when settings are compared. Default: all the same. */
  weights?: readonly number[];
  /** Random sign patterns of the test, above 0. Default 10,000: p = 0.05 is then known to about 0.002. */
  permutations?: number;
  /** The same seed gives the same folds and the same p. Default 1. */
  seed?: number;
};

/**
 * k-fold cross-validation of a choice. `scores[s][q]` is what setting s scores on query q; `standard` is the setting that holds
 * unless another one is chosen. There are two folds at least, and no more than queries; they are drawn by `seed`.
 */
export function crossValidate(
  scores: readonly (readonly number[])[],
  standard: number,
  { folds = 5, ...options }: CrossValidationOptions & { folds?: number } = {},
): CrossValidation {
  const queries = [...scores[standard]!.keys()];
  const foldOf = new Array<number>(queries.length).fill(0);
  for (const [i, query] of shuffled(queries, options.seed ?? 1).entries()) foldOf[query] = i % folds;
  return crossValidateFolds(scores, standard, foldOf, options);
}

/** The same with folds that are given: `foldOf[q]`, from 0 on, is where query q is held out. */
export function crossValidateFolds(
  scores: readonly (readonly number[])[],
  standard: number,
  foldOf: readonly number[],
  { weights = foldOf.map(() => 1), permutations = 10_000, seed = 1 }: CrossValidationOptions = {},
): CrossValidation {
  const gains = scores.map((ofQuery) =>
    Float64Array.from(ofQuery, (score, query) => score - scores[standard]![query]!),
  );
  const chooser = chooserOf(gains, standard, foldOf, weights);
  const found = chooser.choose(foldOf.map(() => 1));
  const heldOut = foldOf.map((fold, query) => scores[found.choices[fold]!]![query]!);
  return {
    chosen: found.chosen,
    choices: [...found.choices],
    heldOut,
    meanDifference: foldOf.length === 0 ? 0 : found.gain / foldOf.length,
    pValue: randomisationTest(chooser, found.gain, { queries: foldOf.length, permutations, seed }),
  };
}

type Chooser = {
  /** `signs[q]`: 1, or -1 where the gains of query q are losses. `gain`: of the held-out queries together. */
  choose(signs: ArrayLike<number>): { chosen: number; choices: readonly number[]; gain: number };
  /** Largest sum of gains that there could be. */
  readonly scale: number;
};

// What is no better than the standard is no reason to leave it, and sums of the same numbers differ in their last digits.
const TOLERANCE = 1e-12;

function chooserOf(
  gains: readonly Float64Array[],
  standard: number,
  foldOf: readonly number[],
  weights: readonly number[],
): Chooser {
  const folds = foldOf.reduce((most, fold) => Math.max(most, fold + 1), 0);
  // By setting and fold: sums of gains as settings are compared by, and as queries count in the test.
  const weighted = new Float64Array(gains.length * folds);
  const plain = new Float64Array(gains.length * folds);
  const totals = new Float64Array(gains.length);
  const best = (sumOf: (setting: number) => number) => {
    let chosen = standard;
    for (let setting = 0; setting < gains.length; setting++)
      if (sumOf(setting) > sumOf(chosen) + TOLERANCE) chosen = setting;
    return chosen;
  };
  return {
    scale: foldOf.reduce((sum, _, query) => sum + Math.max(...gains.map((ofQuery) => Math.abs(ofQuery[query]!))), 0),
    choose(signs) {
      weighted.fill(0);
      plain.fill(0);
      totals.fill(0);
      for (let setting = 0; setting < gains.length; setting++) {
        const ofQuery = gains[setting]!;
        for (let query = 0; query < foldOf.length; query++) {
          const gain = signs[query]! * ofQuery[query]!;
          const cell = setting * folds + foldOf[query]!;
          plain[cell]! += gain;
          weighted[cell]! += weights[query]! * gain;
          totals[setting]! += weights[query]! * gain;
        }
      }
      const choices: number[] = [];
      let gain = 0;
      for (let fold = 0; fold < folds; fold++) {
        const choice = best((setting) => totals[setting]! - weighted[setting * folds + fold]!);
        choices.push(choice);
        gain += plain[choice * folds + fold]!;
      }
      return { chosen: best((setting) => totals[setting]!), choices, gain };
    },
  };
}

// Fisher's test as in significance.ts, of the whole procedure: were no setting better than the default, the gains of each query,
// those of all settings together, might as well bear the other sign. A paired test of the held-out scores alone takes them for
// independent, which they are not, since each has had a say in the choice for the others: among settings that differ by chance it
// finds a gain with p < 0.05 in 7 of 100 cases instead of 2.5.
function randomisationTest(
  chooser: Chooser,
  found: number,
  { queries, permutations, seed }: { queries: number; permutations: number; seed: number },
): number {
  const random = splitmix32(seed);
  const threshold = Math.abs(found) - 1e-9 * chooser.scale;
  const signs = new Int8Array(queries);
  // The pattern that was found is one of those looked at, so that p is never 0.
  let extreme = 1;
  for (let permutation = 0; permutation < permutations; permutation++) {
    let bits = 0;
    for (let query = 0; query < queries; query++) {
      if ((query & 31) === 0) bits = random.next();
      signs[query] = bits & 1 ? 1 : -1;
      bits >>>= 1;
    }
    if (Math.abs(chooser.choose(signs).gain) >= threshold) extreme++;
  }
  return extreme / (permutations + 1);
}
