// One hit's way through the stages as rows: rank, the stage's own score, and a bar of 0..1 that says how that score compares.
// The lists and the fused order bring such numbers along; a rerank score has no fixed range, so it is placed between the
// lowest and the highest of the hits shown.
import type { HitExplanation } from "../api/search.js";

export type StageRow = {
  stage: "lexical" | "dense" | "sparse" | "fused" | "rerank" | "final";
  /** What the score is. */
  measure: string;
  /** Undefined: the stage did not have this hit. */
  rank: number | undefined;
  score: number;
  bar: number;
};

export function stageRows(explanation: HitExplanation, all: readonly HitExplanation[]): StageRow[] {
  const { lexical, dense, sparse, fused, rerank, final } = explanation;
  const absent = { rank: undefined, score: 0 };
  const rows: StageRow[] = [
    { stage: "lexical", measure: "BM25", bar: fused.lexicalNorm ?? 0, ...(lexical ?? absent) },
    { stage: "dense", measure: "cosine", bar: fused.denseNorm ?? 0, ...(dense ?? absent) },
    ...sparseRow(fused.sparseNorm, sparse ?? absent),
    { stage: "fused", measure: "weighted", bar: fused.score, ...fused },
    ...(rerank === undefined ? [] : [rerankRow(rerank, all)]),
    { stage: "final", measure: "shown", bar: final.score, ...final },
  ];
  return rows.map((row) => ({ ...row, bar: Math.min(1, Math.max(0, row.bar)) }));
}

/** None where there was no such list. */
function sparseRow(bar: number | undefined, place: Pick<StageRow, "rank" | "score">): StageRow[] {
  return bar === undefined ? [] : [{ stage: "sparse", measure: "weight", bar, ...place }];
}

function rerankRow(rerank: NonNullable<HitExplanation["rerank"]>, all: readonly HitExplanation[]): StageRow {
  const scores = all.flatMap((other) => (other.rerank === undefined ? [] : [other.rerank.score]));
  const lowest = Math.min(rerank.score, ...scores);
  const highest = Math.max(rerank.score, ...scores);
  const bar = highest === lowest ? 1 : (rerank.score - lowest) / (highest - lowest);
  return { stage: "rerank", measure: "logit", rank: rerank.rank, score: rerank.logit, bar };
}
