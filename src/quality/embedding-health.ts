// Whether vectors are still like those of a known-good time: a current sample (a batch, or the whole index) against the
// baseline's. Four figures are judged: the distance of the means, the maximum mean discrepancy with its p-value, the
// coherence, and the norms before normalisation; besides, the share of texts in which the model saw nothing.
//
// A figure alarms when it is beyond what matters and beyond chance: the limit is the larger of the two. What matters is a
// fixed figure, on a scale that fits every model (see `HealthTolerances`); what chance can do comes from the calibration.

import { type ChanceLimits, fewestRows, type HealthCalibration, limitsFor } from "./calibrate-health.js";
import type { EmbeddingSample } from "./embedding-sample.js";
import { medianSquaredDistance, mmdSteps } from "./mmd.js";
import { coherence, cosineDistance, countZeroRows, meanOf, meanVector } from "./moments.js";
import { type Remedy, remedies } from "./remedies.js";

export type HealthStatus = "healthy" | "warning" | "critical" | "unknown";

export type HealthAlertId =
  | "mean-shift"
  | "distribution-shift"
  | "coherence-low"
  | "coherence-high"
  | "norm-drift"
  | "empty-vectors";

export type HealthAlert = {
  id: HealthAlertId;
  severity: "warning" | "critical";
  figure: number;
  /** The limit that the figure passed. */
  threshold: number;
  sentence: string;
  remedy: Remedy;
};

export type HealthFigures = {
  baselineRows: number;
  currentRows: number;
  /** 1 - cos of the mean vectors, 0..2. */
  meanDistance: number;
  mmd: number;
  mmdSquared: number;
  pValue: number;
  coherence: number;
  baselineCoherence: number;
  /** Mean norm over the baseline's, less 1: signed. */
  normDrift: number;
  /** Share of vectors that are zero. */
  emptyShare: number;
};

/** A figure warns above `warning` and is critical above `critical`. */
export type Limit = { warning: number; critical: number };

export type HealthLimits = {
  meanDistance: Limit;
  mmd: Limit;
  /** Alarm below. */
  coherenceLow: Limit;
  /** Alarm above. */
  coherenceHigh: Limit;
  /** Of the absolute drift. */
  normDrift: Limit;
  emptyShare: Limit;
};

export type HealthReport = {
  status: HealthStatus;
  alerts: HealthAlert[];
  /** Absent where a sample is too small to judge. */
  figures?: HealthFigures;
  limits?: HealthLimits;
  isCalibrated: boolean;
  sentence: string;
};

/** What matters, whatever chance does. Plain JSON, for configuration. */
export type HealthTolerances = {
  /**
   * Shift that warns, as a share: of MMD as it is (its kernel has no scale), of the distance of means in units of the
   * baseline's own spread, 1 - coherence. Default 0.1.
   */
  shift: number;
  /** Critical limits of shift, coherence and norms over the warning ones. Default 2.5. */
  criticalFactor: number;
  /** Share of the way to 0 (or to 1) that the coherence may move. */
  coherenceMove: number;
  /** Coherence that alarms where no calibration says what is usual. Default 0.3. */
  uncalibratedCoherence: number;
  normDrift: number;
  emptyShare: number;
  /** A distribution shift also needs a p-value of at most this. */
  pValue: number;
};

export const defaultTolerances: Readonly<HealthTolerances> = {
  shift: 0.1,
  criticalFactor: 2.5,
  coherenceMove: 0.25,
  uncalibratedCoherence: 0.3,
  normDrift: 0.05,
  emptyShare: 0.02,
  pValue: 0.01,
};

export type HealthOptions = {
  /** Of this baseline. Without it the fixed figures hold as they are, which fit some models and not others. */
  calibration?: HealthCalibration | undefined;
  tolerances?: Partial<HealthTolerances>;
  /** Of the permutation test; see mmd.ts. */
  permutations?: number;
  seed?: number;
};

/** Judges a sample against a baseline of the same model. Yields between slices of 2 to 5 ms. */
export function* embeddingHealthSteps(
  baseline: EmbeddingSample,
  current: EmbeddingSample,
  { calibration, tolerances, permutations = 200, seed = 1 }: HealthOptions = {},
): Generator<void, HealthReport> {
  const isCalibrated = calibration !== undefined;
  const fewest = Math.min(baseline.rows, current.rows);
  if (fewest < fewestRows) {
    const sentence = `Too few vectors to judge: ${baseline.rows} in the baseline and ${current.rows} now; each needs ${fewestRows}.`;
    return { status: "unknown", alerts: [], isCalibrated, sentence };
  }
  const bandwidth = calibration?.bandwidth ?? medianSquaredDistance(baseline, seed);
  const { mmd, mmdSquared, pValue } = yield* mmdSteps(baseline, current, { bandwidth, permutations, seed });
  const baselineNorm = calibration?.meanNorm ?? meanOf(baseline.norms);
  const figures: HealthFigures = {
    baselineRows: baseline.rows,
    currentRows: current.rows,
    meanDistance: cosineDistance(meanVector(baseline), meanVector(current)),
    mmd,
    mmdSquared,
    pValue,
    coherence: coherence(current),
    baselineCoherence: calibration?.coherence ?? coherence(baseline),
    normDrift: baselineNorm > 0 && current.norms.length > 0 ? meanOf(current.norms) / baselineNorm - 1 : 0,
    emptyShare: countZeroRows(current) / current.rows,
  };
  const chosen = { ...defaultTolerances, ...tolerances };
  const chance = calibration && limitsFor(calibration, current.rows);
  const limits = healthLimits(figures.baselineCoherence, chance, chosen);
  const alerts = judge(figures, limits, chosen.pValue);
  const status = alerts.some(({ severity }) => severity === "critical")
    ? "critical"
    : alerts.length > 0
      ? "warning"
      : "healthy";
  const sentence = alerts[0]?.sentence ?? `${current.rows} vectors are like the ${baseline.rows} of the baseline.`;
  return { status, alerts, figures, limits, isCalibrated, sentence };
}

/** The limits for a baseline of this coherence: what matters, widened to what chance does where that is known. */
export function healthLimits(
  baselineCoherence: number,
  chance: ChanceLimits | undefined,
  { shift, criticalFactor, coherenceMove, uncalibratedCoherence, normDrift, emptyShare }: HealthTolerances,
): HealthLimits {
  const above = (warning: number): Limit => ({ warning, critical: warning * criticalFactor });
  const around = (centre: number, move: number): Limit => ({
    warning: centre + move,
    critical: centre + move * criticalFactor,
  });
  const empty = above(emptyShare);
  if (!chance) {
    return {
      meanDistance: above(shift),
      mmd: above(shift),
      coherenceLow: { warning: uncalibratedCoherence, critical: uncalibratedCoherence / criticalFactor },
      coherenceHigh: around(baselineCoherence, (1 - baselineCoherence) * coherenceMove),
      normDrift: above(normDrift),
      emptyShare: empty,
    };
  }
  const fall = Math.max(chance.coherenceFall, baselineCoherence * coherenceMove);
  const rise = Math.max(chance.coherenceRise, (1 - baselineCoherence) * coherenceMove);
  return {
    meanDistance: above(Math.max(chance.meanDistance, shift * (1 - baselineCoherence))),
    mmd: above(Math.max(Math.sqrt(Math.max(0, chance.mmdSquared)), shift)),
    coherenceLow: around(baselineCoherence, -fall),
    coherenceHigh: around(baselineCoherence, rise),
    normDrift: above(Math.max(chance.normDrift, normDrift)),
    emptyShare: empty,
  };
}

function judge(figures: HealthFigures, limits: HealthLimits, highestPValue: number): HealthAlert[] {
  const alerts: HealthAlert[] = [];
  const check = (
    id: HealthAlertId,
    figure: number,
    { warning, critical }: Limit,
    remedy: Remedy,
    sentence: (threshold: string) => string,
  ) => {
    const passes = (limit: number) => (id === "coherence-low" ? figure < limit : figure > limit);
    if (!passes(warning)) return;
    const severity = passes(critical) ? "critical" : "warning";
    const threshold = severity === "critical" ? critical : warning;
    alerts.push({ id, severity, figure, threshold, sentence: sentence(threshold.toFixed(3)), remedy });
  };
  const { meanDistance, mmd, pValue, baselineCoherence, currentRows, emptyShare } = figures;
  if (pValue <= highestPValue) {
    check("distribution-shift", mmd, limits.mmd, remedies.diagnose, (threshold) => {
      const p = pValue.toFixed(3);
      return `The vectors are distributed unlike the baseline's: MMD ${mmd.toFixed(3)}, above ${threshold} (p = ${p}).`;
    });
  }
  check("mean-shift", meanDistance, limits.meanDistance, remedies.diagnose, (threshold) => {
    return `The mean vector has moved by ${meanDistance.toFixed(3)} (cosine distance), above ${threshold}.`;
  });
  const usual = `the baseline has ${baselineCoherence.toFixed(3)}`;
  check("coherence-low", figures.coherence, limits.coherenceLow, remedies.verifyModel, (threshold) => {
    return `The vectors scatter: mean pairwise cosine ${figures.coherence.toFixed(3)}, below ${threshold}; ${usual}.`;
  });
  check("coherence-high", figures.coherence, limits.coherenceHigh, remedies.inspectBatch, (threshold) => {
    return `The vectors crowd together: mean pairwise cosine ${figures.coherence.toFixed(3)}, above ${threshold}; ${usual}.`;
  });
  check("norm-drift", Math.abs(figures.normDrift), limits.normDrift, remedies.verifyModel, (threshold) => {
    const percent = (100 * figures.normDrift).toFixed(1);
    return `The lengths of vectors before normalisation have moved by ${percent} %, beyond ${threshold} of the baseline's.`;
  });
  check("empty-vectors", emptyShare, limits.emptyShare, remedies.inspectBatch, (threshold) => {
    const empty = Math.round(emptyShare * currentRows);
    return `The model sees nothing in ${empty} of ${currentRows} texts: a share of ${emptyShare.toFixed(3)}, above ${threshold}.`;
  });
  return alerts.sort((a, b) => Number(b.severity === "critical") - Number(a.severity === "critical"));
}
