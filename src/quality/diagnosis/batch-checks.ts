// Checks of the newest vectors and of the texts they were made from.

import type { HealthAlertId, HealthReport } from "../embedding-health.js";
import { changedSigns, signMeanings, type TextSign } from "../text-profile.js";
import type { Outcome } from "./checks.js";
import type { Facts } from "./facts.js";
import type { Figure, Hint } from "./finding.js";
import { fine, notice, percent, suspicious, unknown, weightOf } from "./outcome.js";
import { wilsonInterval } from "./wilson.js";

export function batchShift({ batch }: Facts): Outcome {
  const judged = judgedReport(batch);
  if (!judged) return unknown(batch?.sentence ?? "no sample of the newest batch");
  const { figures: found, limits } = judged;
  const figures: Figure[] = [
    { name: "MMD", value: found.mmd, limit: limits.mmd.warning },
    { name: "p-value", value: found.pValue },
    { name: "distance of means", value: found.meanDistance, limit: limits.meanDistance.warning },
  ];
  const alerts = alertsOf(judged, "distribution-shift", "mean-shift");
  const [first] = alerts;
  if (!first) {
    const sentence = `The newest ${found.currentRows} vectors are distributed like the baseline's.`;
    return fine(sentence, figures, [{ cause: "foreign-domain", weight: -0.7 }]);
  }
  const isCritical = alerts.some(({ severity }) => severity === "critical");
  return suspicious(first.sentence, figures, [
    { cause: "foreign-domain", weight: isCritical ? 0.6 : 0.45 },
    // A shift follows from each of these too; their own checks decide.
    { cause: "altered-preprocessing", weight: 0.2 },
    { cause: "altered-model", weight: 0.1 },
    { cause: "truncated-input", weight: 0.1 },
  ]);
}

export function batchCohesion({ batch }: Facts): Outcome {
  const judged = judgedReport(batch);
  if (!judged) return unknown(batch?.sentence ?? "no sample of the newest batch");
  const { coherence, baselineCoherence } = judged.figures;
  const { coherenceLow, coherenceHigh } = judged.limits;
  const range = `${coherenceLow.warning.toFixed(3)} to ${coherenceHigh.warning.toFixed(3)}`;
  const figures: Figure[] = [
    { name: "coherence", value: coherence, limit: range },
    { name: "baseline", value: baselineCoherence },
  ];
  const [low] = alertsOf(judged, "coherence-low");
  if (low) return suspicious(low.sentence, figures, [{ cause: "altered-model", weight: 0.35 }]);
  const [high] = alertsOf(judged, "coherence-high");
  // Texts that begin alike and are read no further, or that are one boilerplate.
  if (high) return suspicious(high.sentence, figures, [{ cause: "truncated-input", weight: 0.2 }]);
  return fine(
    `Mean pairwise cosine ${coherence.toFixed(3)}; the baseline has ${baselineCoherence.toFixed(3)}.`,
    figures,
  );
}

export function normDrift({ batch }: Facts): Outcome {
  const judged = judgedReport(batch);
  if (!judged) return unknown(batch?.sentence ?? "no sample of the newest batch");
  const { normDrift: drift, emptyShare } = judged.figures;
  const figures: Figure[] = [
    { name: "norm drift", value: drift, limit: judged.limits.normDrift.warning },
    { name: "empty vectors", value: emptyShare, limit: judged.limits.emptyShare.warning },
  ];
  const [moved] = alertsOf(judged, "norm-drift");
  const [empty] = alertsOf(judged, "empty-vectors");
  const hints: Hint[] = [];
  if (moved) hints.push({ cause: "altered-model", weight: moved.severity === "critical" ? 0.6 : 0.4 });
  if (empty) hints.push({ cause: "altered-preprocessing", weight: weightOf(emptyShare, 0.2, 0.4, 0.8) });
  const alert = moved ?? empty;
  if (alert) return suspicious(alert.sentence, figures, hints);
  return fine(`Norms have moved by ${percent(drift)}.`, figures);
}

export function indexShift({ index }: Facts): Outcome {
  const judged = judgedReport(index);
  if (!judged) return unknown(index?.sentence ?? "no sample of the whole index");
  const { mmd, meanDistance } = judged.figures;
  const figures: Figure[] = [
    { name: "MMD", value: mmd, limit: judged.limits.mmd.warning },
    { name: "distance of means", value: meanDistance, limit: judged.limits.meanDistance.warning },
  ];
  const [first] = alertsOf(judged, "distribution-shift", "mean-shift");
  if (!first) return fine("The index as a whole is distributed like its baseline.", figures);
  return notice(`The index as a whole has moved. ${first.sentence}`, figures, [
    { cause: "foreign-domain", weight: 0.1 },
  ]);
}

/** A share of the probes that is surely above this is no accident. */
const tolerableShare = 0.05;

export function passageVectors({ passages }: Facts): Outcome {
  if (!passages || passages.probes === 0) return unknown("no stored passages were embedded again");
  const { probes, counts, medianDistance } = passages;
  const figures: Figure[] = [
    { name: "as intended", value: `${counts["as-intended"]} of ${probes}` },
    { name: "median distance", value: medianDistance },
  ];
  const hints: Hint[] = [];
  const parts: string[] = [];
  const weigh = (count: number, cause: Hint["cause"], from: number, to: number, words: string) => {
    if (wilsonInterval(count, probes).low <= tolerableShare) return;
    hints.push({ cause, weight: weightOf(count / probes, 0.5, from, to) });
    parts.push(`${count} of ${probes} stored passage vectors ${words}`);
  };
  weigh(counts["other-prefix"], "swapped-prefixes", 0.8, 0.98, "are what the query prefix gives");
  weigh(counts.head, "truncated-input", 0.6, 0.95, "come from the first part of their text");
  weigh(counts.unexplained, "altered-model", 0.6, 0.9, "are not what the model gives for their text");
  if (hints.length > 0) return suspicious(`${parts.join("; ")}.`, figures, hints);
  return fine(`${probes} stored passage vectors are what the model gives for their texts.`, figures, [
    { cause: "altered-model", weight: -0.8 },
  ]);
}

export function truncation({ truncation: facts }: Facts): Outcome {
  if (!facts || facts.texts === 0) return unknown("lengths of the embedded texts are not recorded");
  const { texts, truncated, maxTokens } = facts;
  const figures: Figure[] = [
    { name: "truncated", value: `${truncated} of ${texts}`, limit: percent(tolerableShare) },
    { name: "tokens the model reads", value: maxTokens },
  ];
  const share = truncated / texts;
  const sentence = `${truncated} of ${texts} texts are longer than the ${maxTokens} tokens that the model reads.`;
  if (share <= tolerableShare) return fine(sentence, figures);
  return suspicious(sentence, figures, [{ cause: "truncated-input", weight: weightOf(share, 0.5, 0.2, 0.95) }]);
}

/** Chances that a text of the batch has more unknown words than an honest one: below, it has not; above, it is foreign. */
const familiarAuc = 0.6;
const foreignAuc = 0.8;
const surePValue = 0.001;
/** Habits of writing, in which domains differ too. The other signs are traces of faulty preparation alone. */
const habits: readonly TextSign[] = ["upper-case", "lower-case", "no-punctuation"];

export function textHabits({ texts, batch }: Facts): Outcome {
  if (!texts || texts.batch.texts === 0 || texts.baseline.texts === 0) {
    return unknown("no texts of the newest batch and of the baseline");
  }
  const { auc, pValue } = texts.novelty;
  const hasNewWords = auc > familiarAuc && pValue <= surePValue;
  const changes = changedSigns(texts.baseline, texts.batch);
  const figures: Figure[] = [
    { name: "chance of more unknown words", value: auc, limit: foreignAuc },
    ...changes.map(({ sign, share, baselineShare }) => ({
      name: `texts ${signMeanings[sign]}`,
      value: share,
      limit: baselineShare,
    })),
  ];
  const hints: Hint[] = [];
  const parts: string[] = [];
  if (hasNewWords) {
    hints.push({ cause: "foreign-domain", weight: weightOf(auc - familiarAuc, foreignAuc - familiarAuc, 0.2, 0.75) });
    parts.push(`The newest texts use words that the library does not know (AUC ${auc.toFixed(2)})`);
  } else {
    hints.push({ cause: "foreign-domain", weight: -0.6 });
  }
  const [change] = changes;
  if (change) {
    const isTrace = changes.some(({ sign }) => !habits.includes(sign));
    // Texts that look different and give the same vectors do little harm.
    const judged = judgedReport(batch);
    const isHarmless = judged !== undefined && alertsOf(judged, "distribution-shift", "mean-shift").length === 0;
    const weight = hasNewWords ? 0.3 : isTrace ? 0.85 : 0.7;
    hints.push({ cause: "altered-preprocessing", weight: isHarmless ? weight / 2 : weight });
    const { sign, share, baselineShare } = change;
    parts.push(`${percent(share)} are texts ${signMeanings[sign]}, in the baseline ${percent(baselineShare)}`);
  }
  if (parts.length > 0) return suspicious(`${parts.join("; ")}.`, figures, hints);
  return fine("The newest texts are written like the baseline's, in words that it knows.", figures, hints);
}

type Judged = HealthReport & Required<Pick<HealthReport, "figures" | "limits">>;

function judgedReport(report: HealthReport | undefined): Judged | undefined {
  return report?.figures && report.limits ? (report as Judged) : undefined;
}

function alertsOf({ alerts }: HealthReport, ...ids: HealthAlertId[]) {
  return alerts.filter(({ id }) => ids.includes(id));
}
