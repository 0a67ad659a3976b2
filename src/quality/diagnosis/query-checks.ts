// Checks of the queries, and of the search that answers them.

import type { Outcome } from "./checks.js";
import type { Facts } from "./facts.js";
import type { Figure, Hint } from "./finding.js";
import { fine, percent, suspicious, unknown, weightOf } from "./outcome.js";
import { wilsonInterval } from "./wilson.js";

export function queryVectors({ queryVectors: facts }: Facts): Outcome {
  if (!facts || facts.probes === 0) return unknown("no remembered queries were embedded again");
  const { probes, counts, medianDistance } = facts;
  const figures: Figure[] = [
    { name: "as intended", value: `${counts["as-intended"]} of ${probes}` },
    { name: "median distance", value: medianDistance },
  ];
  const isMore = (count: number) => wilsonInterval(count, probes).low > 0.05;
  const hints: Hint[] = [];
  const parts: string[] = [];
  if (isMore(counts["other-prefix"])) {
    hints.push({ cause: "swapped-prefixes", weight: weightOf(counts["other-prefix"] / probes, 0.5, 0.8, 0.98) });
    parts.push(`${counts["other-prefix"]} of ${probes} query vectors are what the passage prefix gives`);
  }
  if (isMore(counts.unexplained)) {
    hints.push({ cause: "poisoned-cache", weight: weightOf(counts.unexplained / probes, 0.5, 0.6, 0.9) });
    parts.push(`${counts.unexplained} of ${probes} query vectors are not what the model gives for their text`);
  }
  if (hints.length > 0) return suspicious(`${parts.join("; ")}.`, figures, hints);
  return fine(`${probes} query vectors are what the model gives for their texts.`, figures);
}

/** Above what is expected of queries that do have an answer. */
const tolerableExcess = 0.1;

export function lowConfidence({ queries: facts }: Facts): Outcome {
  if (!facts || facts.queries === 0) return unknown("no queries are recorded");
  const { queries, lowConfidence: low, zeroResults, expectedLowConfidenceRate } = facts;
  const limit = Math.min(1, expectedLowConfidenceRate + tolerableExcess);
  const figures: Figure[] = [
    { name: "low confidence", value: low / queries, limit },
    { name: "no results", value: zeroResults / queries },
  ];
  const sentence = `${percent(low / queries)} of ${queries} queries are of low confidence; ${percent(expectedLowConfidenceRate)} would be of queries with an answer.`;
  if (wilsonInterval(low, queries).low <= limit) return fine(sentence, figures);
  // A symptom of nearly everything; it tips the balance where nothing else is found.
  return suspicious(sentence, figures, [{ cause: "query-domain", weight: 0.3 }]);
}

const foreignAuc = 0.7;
const surePValue = 0.001;

export function queryLog({ queryLog: facts }: Facts): Outcome {
  if (!facts || facts.topScores.firstCount === 0 || facts.topScores.secondCount === 0) {
    return unknown("no logged queries to hold against known-item ones");
  }
  const { topScores, meanDistance, knownItemMeanDistance } = facts;
  const { auc, pValue, firstCount } = topScores;
  const figures: Figure[] = [{ name: "known-item query scores higher", value: auc, limit: foreignAuc }];
  if (meanDistance !== undefined) {
    const usual = knownItemMeanDistance === undefined ? {} : { limit: knownItemMeanDistance };
    figures.push({ name: "mean query from mean document", value: meanDistance, ...usual });
  }
  if (auc < foreignAuc || pValue > surePValue) {
    return fine(`What is asked finds answers as near as questions about the library's own documents do.`, figures, [
      { cause: "query-domain", weight: -0.5 },
    ]);
  }
  const sentence = `The best answers to ${firstCount} logged queries are further off than those to questions about the library's own documents (AUC ${auc.toFixed(2)}).`;
  return suspicious(sentence, figures, [{ cause: "query-domain", weight: weightOf(auc - 0.5, 0.5, 0.5, 0.95) }]);
}

export function searchRecall({ recall }: Facts): Outcome {
  if (!recall || recall.sought === 0) return unknown("recall has not been measured");
  const { plan, wanted, sought, found } = recall;
  const share = found / sought;
  const figures: Figure[] = [{ name: "recall", value: share, limit: wanted }];
  const sentence = `The search (${plan}) finds ${percent(share)} of the ${sought} true neighbours; ${percent(wanted)} are wanted.`;
  // The measured share is of a sample: it fails when the wanted one is out of its reach.
  if (wilsonInterval(found, sought).high >= wanted) return fine(sentence, figures);
  return suspicious(sentence, figures, [
    { cause: "coarse-quantization", weight: weightOf(wanted - share, 0.2, 0.5, 0.95) },
  ]);
}

const tolerableDegraded = 0.05;

export function degradedAnswers({ queries: facts }: Facts): Outcome {
  if (!facts || facts.queries === 0) return unknown("no queries are recorded");
  const { queries, degraded } = facts;
  const figures: Figure[] = [{ name: "degraded", value: degraded / queries, limit: tolerableDegraded }];
  const sentence = `${degraded} of ${queries} answers lack a stage that was late.`;
  if (wilsonInterval(degraded, queries).low <= tolerableDegraded) return fine(sentence, figures);
  return suspicious(sentence, figures, [{ cause: "overload", weight: weightOf(degraded / queries, 0.3, 0.4, 0.95) }]);
}
