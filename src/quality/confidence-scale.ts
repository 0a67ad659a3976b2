// Confidence in the best answer as a number from 0 to 1 that means the same with every model: 0.65 is where "there is an answer" and
// "there is none" are told apart best, see confidence.ts. Scores become it by a logistic curve through that point:
//   confidence(s) = sigmoid(slope (s - threshold) + logit(0.65)),
// with the slope that a normal distribution of equal spread on both sides gives (Platt 1999 fits it; linear discriminant
// analysis has it in closed form): (mean of relevant - mean of random) / pooled variance.

import { type ConfidenceCalibration, calibrateConfidence, uncalibratedThreshold } from "./confidence.js";

/** Plain JSON. Belongs to a model and its library. */
export type ConfidenceScale = ConfidenceCalibration & { slope: number };

/** Undefined where the scores do not tell the two apart, or are too few. */
export function confidenceScale(relevant: ArrayLike<number>, random: ArrayLike<number>): ConfidenceScale | undefined {
  const calibration = calibrateConfidence(relevant, random);
  if (!calibration?.isReliable) return undefined;
  const squares = (scores: ArrayLike<number>, mean: number) =>
    Array.from(scores).reduce((sum, score) => sum + (score - mean) ** 2, 0);
  const { relevantMean, randomMean, relevantCount, randomCount } = calibration;
  const variance =
    (squares(relevant, relevantMean) + squares(random, randomMean)) / Math.max(1, relevantCount + randomCount - 2);
  const apart = relevantMean - randomMean;
  return { ...calibration, slope: variance > 0 ? Math.min(apart / variance, steepest / apart) : steepest / apart };
}

// From the mean of the one to that of the other the curve rises by e^20 at the most.
const steepest = 20;

/** The confidence that a score gives, 0..1; low below 0.65. */
export function confidenceOf(score: number, { threshold, slope }: ConfidenceScale): number {
  const offset = Math.log(uncalibratedThreshold / (1 - uncalibratedThreshold));
  return 1 / (1 + Math.exp(-(slope * (score - threshold) + offset)));
}
