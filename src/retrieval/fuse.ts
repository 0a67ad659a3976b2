// Fusion: one ranking out of the lexical and the dense one, and of weighted terms where there are any. Convex (weighted min-max scores, the measured default) or
// weighted reciprocal ranks.

/** A row with the score that its stage gave it; lists are in rank order, best first. */
export type ScoredRow = { row: number; score: number };

export type Fusion =
  /**
   * `lexicalWeight * minmax(BM25) + (1 - lexicalWeight) * minmax(cosine)`, 0..1; with a sparse list that times
   * `1 - sparseWeight`, and `sparseWeight * minmax(its score)`.
   */
  | { method: "convex"; lexicalWeight: number; sparseWeight?: number }
  /**
   * `1 / (k + rank) + denseWeight / (k + rank)`, and `sparseWeight / (k + rank)`; ranks from 1. k = 60 in Cormack, Clarke &
   * Buettcher, SIGIR 2009.
   */
  | { method: "rrf"; k: number; denseWeight: number; sparseWeight?: number };

export type FusedRow = {
  row: number;
  score: number;
  /** What the weight multiplies: the min-max score or the reciprocal rank; 0 where the list lacks the row. */
  lexicalNorm: number;
  denseNorm: number;
  /** Absent where there was no sparse list. */
  sparseNorm?: number;
  lexical?: Place;
  dense?: Place;
  sparse?: Place;
};

type Place = { rank: number; score: number };

// Below this spread a list says nothing about its order. The same bound keeps the division safe.
const MIN_SPREAD = 1e-6;

/**
 * Fuses over the union of the lists, best first, ties by row.
 *
 * A row that one list lacks gets 0 for it, like that list's last row: this is how the figures of the bundled models were
 * measured (union of both top 200). A list without spread gives 1 to each of its rows, so that a single hit counts in full.
 */
export function fuse(
  lists: {
    lexical: readonly ScoredRow[];
    dense: readonly ScoredRow[];
    /** By weighted terms; undefined: not searched. */
    sparse?: readonly ScoredRow[] | undefined;
  },
  fusion: Fusion,
): FusedRow[] {
  const lexicalNorms = normalise(lists.lexical, fusion);
  const denseNorms = normalise(lists.dense, fusion);
  const sparseNorms = lists.sparse && normalise(lists.sparse, fusion);
  const [lexicalWeight, denseWeight, sparseWeight] = weightsOf(fusion);
  const none = { score: 0, lexicalNorm: 0, denseNorm: 0, ...(sparseNorms ? { sparseNorm: 0 } : {}) };
  const fused = new Map<number, FusedRow>();
  lists.lexical.forEach(({ row, score }, i) => {
    const lexicalNorm = lexicalNorms[i]!;
    fused.set(row, { ...none, row, lexicalNorm, lexical: { rank: i + 1, score } });
  });
  lists.dense.forEach(({ row, score }, i) => {
    const known = fused.get(row) ?? { ...none, row };
    fused.set(row, { ...known, denseNorm: denseNorms[i]!, dense: { rank: i + 1, score } });
  });
  lists.sparse?.forEach(({ row, score }, i) => {
    const known = fused.get(row) ?? { ...none, row };
    fused.set(row, { ...known, sparseNorm: sparseNorms![i]!, sparse: { rank: i + 1, score } });
  });
  const rows = Array.from(fused.values(), (row) => ({
    ...row,
    score: lexicalWeight * row.lexicalNorm + denseWeight * row.denseNorm + sparseWeight * (row.sparseNorm ?? 0),
  }));
  return rows.sort((a, b) => b.score - a.score || a.row - b.row);
}

/**
 * One ranking out of those of several phrasings of a question: the mean of a row's fused scores, 0 where a ranking lacks it
 * (CombSUM, Fox & Shaw, TREC-2 1994). Ranks and scores of the lists are those of the phrasing that ranks the row best in each.
 */
export function averageFused(rankings: readonly (readonly FusedRow[])[]): FusedRow[] {
  if (rankings.length === 1) return [...rankings[0]!];
  const share = 1 / rankings.length;
  const merged = new Map<number, FusedRow>();
  for (const ranking of rankings) {
    for (const fused of ranking) {
      const { row, score, lexicalNorm, denseNorm, sparseNorm } = fused;
      const known: FusedRow = merged.get(row) ?? { row, score: 0, lexicalNorm: 0, denseNorm: 0 };
      const lexical = better(known.lexical, fused.lexical);
      const dense = better(known.dense, fused.dense);
      const sparse = better(known.sparse, fused.sparse);
      merged.set(row, {
        row,
        score: known.score + share * score,
        lexicalNorm: known.lexicalNorm + share * lexicalNorm,
        denseNorm: known.denseNorm + share * denseNorm,
        ...(sparseNorm === undefined ? {} : { sparseNorm: (known.sparseNorm ?? 0) + share * sparseNorm }),
        ...(lexical ? { lexical } : {}),
        ...(dense ? { dense } : {}),
        ...(sparse ? { sparse } : {}),
      });
    }
  }
  return [...merged.values()].sort((a, b) => b.score - a.score || a.row - b.row);
}

function better(a: Place | undefined, b: Place | undefined): Place | undefined {
  return a && b ? (b.rank < a.rank ? b : a) : (a ?? b);
}

/**
 * The fusion of the lists that were searched: the weight of one that was not, or not in time, goes to the others in proportion
 * to theirs. So an answer without weighted terms is that of a search which never asked for them.
 */
export function fusionOf(fusion: Fusion, searched: { dense: boolean; sparse: boolean }): Fusion {
  const { sparseWeight, ...ofTwo } = fusion;
  const sparse = searched.sparse ? sparseWeight : undefined;
  if (searched.dense) return sparse === undefined ? ofTwo : { ...ofTwo, sparseWeight: sparse };
  if (ofTwo.method === "rrf")
    return { ...ofTwo, denseWeight: 0, ...(sparse === undefined ? {} : { sparseWeight: sparse }) };
  if (sparse === undefined) return { method: "convex", lexicalWeight: 1 };
  const both = ofTwo.lexicalWeight * (1 - sparse) + sparse;
  return { method: "convex", lexicalWeight: 1, sparseWeight: both === 0 ? 0 : sparse / both };
}

/** The highest score that `fuse` can give: what a row gets that leads all lists. */
export function maxFusedScore(fusion: Fusion): number {
  return fusion.method === "convex" ? 1 : (1 + fusion.denseWeight + (fusion.sparseWeight ?? 0)) / (fusion.k + 1);
}

function weightsOf(fusion: Fusion): [lexical: number, dense: number, sparse: number] {
  const { sparseWeight = 0 } = fusion;
  if (fusion.method === "rrf") return [1, fusion.denseWeight, sparseWeight];
  const { lexicalWeight } = fusion;
  const rest = 1 - sparseWeight;
  return [rest * lexicalWeight, rest * (1 - lexicalWeight), sparseWeight];
}

function normalise(list: readonly ScoredRow[], fusion: Fusion): number[] {
  if (fusion.method === "rrf") return list.map((_, i) => 1 / (fusion.k + i + 1));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { score } of list) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  const spread = high - low;
  return list.map(({ score }) => (spread < MIN_SPREAD ? 1 : (score - low) / spread));
}
