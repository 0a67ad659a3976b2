// What watching needs of a generation that answers queries.

import type { BiEncoder } from "../encoders/index.js";
import type { Searcher } from "../retrieval/index.js";
import type { Generation } from "../store/index.js";
import type { RowBitmap, VectorIndex } from "../vectors/index.js";

export type WatchedArm = {
  readonly generation: Generation;
  readonly encoder: BiEncoder;
  readonly index: {
    readonly vectors: VectorIndex;
    /** Rows that a tenant's search may meet, nobody's for ''; undefined: all. */
    scopeOf(tenant: string): RowBitmap | undefined;
  };
  searcherOf(tenant: string): Searcher;
};
