// What the best of several variants is worth on queries, or on collections, that it was not chosen by.

import { LodestoneError } from "../../errors.js";
import { crossValidate, crossValidateFolds } from "../../evaluation/index.js";

export type HeldOutWay = "queries" | "collections";

export type HeldOut = {
  by: HeldOutWay;
  /** By collection, and their unweighted mean. */
  values: number[];
  mean: number;
  /** Of the mean, less the base's. */
  difference: number;
  /** Two-sided, over all queries of all collections, of a randomisation test that chooses anew each time. */
  pValue: number;
  /** For each part that was left out, what was best on the others, by unweighted mean over collections. */
  choices: { leftOut: string; variant: string }[];
};

export type HeldOutOptions = {
  by: HeldOutWay;
  /** Parts into which queries are divided at random. */
  folds: number;
};

export type ScoredCollection = {
  name: string;
  /** `scores[variant][query]`; the base first. */
  scores: readonly (readonly number[])[];
};

/** Throws INVALID_INPUT where there are fewer collections, or queries, than it takes. */
export function heldOut(
  collections: readonly ScoredCollection[],
  variants: readonly string[],
  { by, folds }: HeldOutOptions,
): HeldOut {
  const counts = collections.map(({ scores }) => scores[0]!.length);
  const queries = counts.reduce((sum, count) => sum + count, 0);
  if (by === "collections" && collections.length < 2) {
    throw new LodestoneError("INVALID_INPUT", "Leaving a collection out takes two collections or more; found one.");
  }
  if (by === "queries" && queries < folds) {
    throw new LodestoneError("INVALID_INPUT", `${folds} folds take as many queries; found ${queries}.`);
  }
  const all = variants.map((_, variant) => collections.flatMap(({ scores }) => scores[variant]!));
  const collectionOf = counts.flatMap((count, collection) => new Array<number>(count).fill(collection));
  const weights = collectionOf.map((collection) => 1 / counts[collection]!);
  const found =
    by === "queries"
      ? crossValidate(all, 0, { folds, weights })
      : crossValidateFolds(all, 0, collectionOf, { weights });
  const meansOf = (scores: readonly number[]) =>
    collections.map((_, collection) => mean(scores.filter((_, query) => collectionOf[query] === collection)));
  const values = meansOf(found.heldOut);
  return {
    by,
    values,
    mean: mean(values),
    difference: mean(values) - mean(meansOf(all[0]!)),
    pValue: found.pValue,
    choices: found.choices.map((variant, part) => ({
      leftOut: by === "queries" ? `fold ${part + 1}` : collections[part]!.name,
      variant: variants[variant]!,
    })),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
