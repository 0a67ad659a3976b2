// Measures of one ranking against one query's judgements, as trec_eval defines them (m_ndcg_cut.c, m_recall.c, m_P.c,
// m_recip_rank.c, m_map.c): gains are the grades themselves unless exponential ones are asked for, a document without a
// judgement is not relevant, a negative grade gains nothing. A ranking names each document once.

/** Grade of each judged document; 1 and above is relevant. */
export type Judgements = ReadonlyMap<string, number>;

/** Document ids, best first. */
export type Ranking = readonly string[];

/** What a document of grade g is worth: g (trec_eval), or 2^g - 1, which sets apart what is highly relevant (Burges et al. 2005). */
export type Gains = "linear" | "exponential";

/**
 * nDCG@k = DCG@k / DCG@k of the best possible ranking,   DCG@k = sum over ranks i = 1..k of gain(i) / log2(i + 1).
 * 0 for a query without relevant documents. With grades 0 and 1 both gains are the same.
 */
export function ndcgAt(k: number, ranking: Ranking, judgements: Judgements, gains: Gains = "linear"): number {
  const gainOf = (grade: number) => (grade <= 0 ? 0 : gains === "linear" ? grade : 2 ** grade - 1);
  const ideal = Array.from(judgements.values(), gainOf).sort((a, b) => b - a);
  const best = discountedSum(ideal.slice(0, k));
  if (best === 0) return 0;
  return discountedSum(ranking.slice(0, k).map((id) => gainOf(judgements.get(id) ?? 0))) / best;
}

function discountedSum(gains: readonly number[]): number {
  return gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
}

/** Share of all relevant documents that are among the first k. */
export function recallAt(k: number, ranking: Ranking, judgements: Judgements): number {
  const relevant = countRelevant(judgements);
  return relevant === 0 ? 0 : countHits(ranking.slice(0, k), judgements) / relevant;
}

/** Share of the first k that are relevant; ranks that the ranking does not fill count as not relevant. */
export function precisionAt(k: number, ranking: Ranking, judgements: Judgements): number {
  return countHits(ranking.slice(0, k), judgements) / k;
}

/** 1 / rank of the first relevant document; 0 where none is among the first k. */
export function reciprocalRank(ranking: Ranking, judgements: Judgements, k = ranking.length): number {
  const index = ranking.slice(0, k).findIndex((id) => isRelevant(id, judgements));
  return index === -1 ? 0 : 1 / (index + 1);
}

/** Sum of the precisions at the ranks of relevant documents, over all relevant ones, found or not. */
export function averagePrecision(ranking: Ranking, judgements: Judgements): number {
  const relevant = countRelevant(judgements);
  if (relevant === 0) return 0;
  let hits = 0;
  let sum = 0;
  ranking.forEach((id, i) => {
    if (!isRelevant(id, judgements)) return;
    hits++;
    sum += hits / (i + 1);
  });
  return sum / relevant;
}

/**
 * The ranking of scored documents: by score, of equal scores the id that comes last by code point first. trec_eval
 * orders a run like this and pays no heed to the ranks that it states.
 */
export function rankByScore(scored: readonly { id: string; score: number }[]): string[] {
  return scored
    .map(({ id, score }) => ({ id, score, bytes: Buffer.from(id) }))
    .sort((a, b) => b.score - a.score || Buffer.compare(b.bytes, a.bytes))
    .map(({ id }) => id);
}

function isRelevant(id: string, judgements: Judgements): boolean {
  return (judgements.get(id) ?? 0) >= 1;
}

function countRelevant(judgements: Judgements): number {
  let count = 0;
  for (const grade of judgements.values()) if (grade >= 1) count++;
  return count;
}

function countHits(ranking: Ranking, judgements: Judgements): number {
  return ranking.filter((id) => isRelevant(id, judgements)).length;
}
