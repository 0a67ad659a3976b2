// Weighted terms, as learned sparse encoders give them -> a batch of impacts in 8 bits.
//
//   impact = round(255 min(weight, largest) / largest), at least 1      (uniform quantisation, as in Mackenzie, Trotman &
//   Lin, "Efficient document-at-a-time and score-at-a-time query evaluation for learned sparse representations", 2022)

import { LodestoneError } from "../errors.js";
import { firstBits } from "./row-bits.js";
import { versionDigest } from "./sections.js";
import { orderByCodePoint } from "./string-order.js";
import { checkRow, invert, type TermBatch } from "./term-batch.js";

export const LARGEST_IMPACT = 255;

/** The impact of a weight above 0, 1 to 255. */
export function impactOf(weight: number, largestWeight: number): number {
  return Math.max(1, Math.round((Math.min(weight, largestWeight) / largestWeight) * LARGEST_IMPACT));
}

/** The terms of one row and their weights; a weight of 0 or below says nothing and is left out. */
export type WeightedTerms = ReadonlyMap<string, number>;

/**
 * Rows from `firstRow` on; undefined: a row that is not there. `largestWeight`: what an impact of 255 stands for; larger weights are cut off. It is one of the
 * whole index. `version` names the encoder.
 */
export function impactBatch(
  rows: readonly (WeightedTerms | undefined)[],
  { firstRow, largestWeight, version }: { firstRow: number; largestWeight: number; version: string },
): TermBatch {
  checkRow(firstRow);
  checkRow(firstRow + rows.length);
  const idOf = new Map<string, number>();
  const postingTerms: number[] = [];
  const impacts: number[] = [];
  const ends = new Uint32Array(rows.length);
  const present = firstBits(rows.length);
  rows.forEach((weights, row) => {
    if (!weights) present[row >>> 5]! &= ~(1 << (row & 31));
    for (const [term, weight] of weights ?? []) {
      if (!Number.isFinite(weight)) {
        throw new LodestoneError("INVALID_INPUT", `Row ${firstRow + row} weighs the term "${term}" ${weight}.`);
      }
      if (weight <= 0) continue;
      let id = idOf.get(term);
      if (id === undefined) {
        id = idOf.size;
        idOf.set(term, id);
      }
      postingTerms.push(id);
      impacts.push(impactOf(weight, largestWeight));
    }
    ends[row] = impacts.length;
  });
  const unsorted = [...idOf.keys()];
  const order = orderByCodePoint(unsorted);
  const placeOf = new Uint32Array(order.length);
  order.forEach((id, place) => {
    placeOf[id] = place;
  });
  return {
    kind: "impacts",
    version: versionDigest(version),
    firstRow,
    rowCount: rows.length,
    present,
    lengths: new Uint16Array(0),
    terms: Array.from(order, (id) => unsorted[id]!),
    ...invert(
      { ends, terms: Uint32Array.from(postingTerms, (id) => placeOf[id]!), values: Uint16Array.from(impacts) },
      order.length,
    ),
    words: [],
    wordTerms: new Uint32Array(0),
    wordOccurrences: new Uint32Array(0),
  };
}
