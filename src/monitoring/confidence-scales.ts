// What confidence means in each generation: scales that were calibrated on the library, used by every search.

import { type ConfidenceScale, confidenceOf } from "../quality/index.js";
import type { ConfidenceSignals } from "../retrieval/index.js";

/** Plain JSON. */
export type CalibratedConfidence = {
  /** Of the cross-encoder's best logit, and of the best cosine; absent where that tells nothing. */
  logit?: ConfidenceScale;
  cosine?: ConfidenceScale;
  /** Version of the cross-encoder whose logits these are. */
  crossEncoder: string | null;
  /** Documents that the library held. */
  documents: number;
  queries: number;
  atMs: number;
};

export class ConfidenceScales {
  readonly #byGeneration = new Map<number, CalibratedConfidence>();

  get(generation: number): CalibratedConfidence | undefined {
    return this.#byGeneration.get(generation);
  }

  set(generation: number, calibrated: CalibratedConfidence): void {
    this.#byGeneration.set(generation, calibrated);
  }

  /** The scale that the better signal at hand has; one of logits also serves another generation, whose cross-encoder is the same. */
  scaleFor(generation: number, { logit, cosine }: ConfidenceSignals): [ConfidenceScale, score: number] | undefined {
    const own = this.get(generation);
    const readsLogits = own?.logit ?? [...this.#byGeneration.values()].find((other) => other.logit)?.logit;
    const byLogit: [ConfidenceScale, number] | undefined =
      logit !== undefined && readsLogits ? [readsLogits, logit] : undefined;
    const byCosine: [ConfidenceScale, number] | undefined =
      cosine !== undefined && own?.cosine ? [own.cosine, cosine] : undefined;
    if (byLogit && byCosine) return byCosine[0].auc > byLogit[0].auc ? byCosine : byLogit;
    return byLogit ?? byCosine;
  }

  /** Confidence in the best answer, 0..1; undefined where nothing is calibrated. */
  confidenceOf(generation: number, signals: ConfidenceSignals): number | undefined {
    const found = this.scaleFor(generation, signals);
    return found && confidenceOf(found[1], found[0]);
  }
}
