// The index of weighted terms of one generation, made of what its sparse encoder gave for each passage. A term is its id in the
// encoder's vocabulary, in decimal.

import { ImpactBatch, type ImpactRow, type LexicalHits } from "../lexical/index.js";
import { type FollowedRows, FollowingIndex, type SavedLexical } from "./following-index.js";
import type { SparseRow } from "./sparse-vectors.js";

/** The encoder of an index: its version, and what the largest impact stands for. */
export type SparseKind = { version: string; largestWeight: number };

export type SparseRequest = {
  terms: Uint32Array;
  /** Of each term, above 0. */
  weights: Float32Array;
  limit: number;
  /** Bitmap of the rows that may be found, bit i of word i / 32; default: all. */
  allow?: Uint32Array | undefined;
};

export class LiveSparse extends FollowingIndex<ImpactRow> {
  /** `read` gives the first `limit` live rows from a row on. As of FollowingIndex. */
  constructor(
    rows: FollowedRows,
    read: (from: number, limit: number) => SparseRow[],
    kind: SparseKind,
    saved?: SavedLexical,
  ) {
    const source = {
      index: { kind: "impacts" as const, ...kind },
      read: (from: number, limit: number) => read(from, limit).map((content) => ({ row: content.row, content })),
      batch: (firstRow: number) => new ImpactBatch(firstRow, kind.version),
    };
    super(rows, source, saved);
  }

  /** The rows with the largest sums of weight times impact. */
  async search({ terms, weights, limit, allow }: SparseRequest): Promise<LexicalHits> {
    await this.follow();
    const asked = Array.from(terms, (term, i) => ({ term: String(term), weight: weights[i]! }));
    return this.index.search(asked, { k: limit, allow });
  }
}
