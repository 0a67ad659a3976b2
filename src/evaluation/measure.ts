// Measures by name, as they are written in tables and options: ndcg@10, recall@100, p@5, mrr, mrr@10, map, and ndcg-exp@10,
// which is nDCG with exponential gains.

import { LodestoneError } from "../errors.js";
import { nearestName } from "../input/nearest-name.js";
import {
  averagePrecision,
  type Judgements,
  ndcgAt,
  precisionAt,
  type Ranking,
  recallAt,
  reciprocalRank,
} from "./metrics.js";

export type Measure = {
  /** For instance "ndcg@10". */
  name: string;
  of(ranking: Ranking, judgements: Judgements): number;
};

export const defaultMeasures = ["ndcg@10", "recall@100", "mrr@10", "map"] as const;

const MAX_CUTOFF = 10_000;
const kinds = ["ndcg", "ndcg-exp", "recall", "p", "mrr", "map"] as const;
const KNOWN = "known are ndcg@k, recall@k, p@k, mrr, mrr@k, map and ndcg-exp@k";

/** The measure of that name, in any case. Throws INVALID_INPUT for a name that is none. */
export function measureOf(name: string): Measure {
  const [, kind, cutoff] = /^([a-z-]+)(?:@(\d{1,5}))?$/.exec(name.toLowerCase()) ?? [];
  const k = cutoff === undefined ? undefined : Number(cutoff);
  if (k !== undefined && (k < 1 || k > MAX_CUTOFF)) refuse(name, `the cutoff lies within 1 and ${MAX_CUTOFF}`);
  const normalised = k === undefined ? `${kind}` : `${kind}@${k}`;
  if (kind === undefined || !kinds.some((known) => known === kind)) refuse(name, KNOWN, nearMeasure(name));
  if (kind === "map" && k === undefined) return { name: normalised, of: averagePrecision };
  if (kind === "mrr") return { name: normalised, of: (ranking, judgements) => reciprocalRank(ranking, judgements, k) };
  if (k === undefined) refuse(name, KNOWN, `${kind}@10`);
  switch (kind) {
    case "ndcg":
      return { name: normalised, of: (ranking, judgements) => ndcgAt(k, ranking, judgements) };
    case "ndcg-exp":
      return { name: normalised, of: (ranking, judgements) => ndcgAt(k, ranking, judgements, "exponential") };
    case "recall":
      return { name: normalised, of: (ranking, judgements) => recallAt(k, ranking, judgements) };
    case "p":
      return { name: normalised, of: (ranking, judgements) => precisionAt(k, ranking, judgements) };
    default:
      return refuse(name, KNOWN);
  }
}

/** "ndgc10" -> "ndcg@10" */
function nearMeasure(name: string): string | undefined {
  const [, letters = "", cutoff = ""] = /^([a-z_-]*)[^a-z\d]*(\d*)/.exec(name.toLowerCase()) ?? [];
  const kind = letters === "precision" ? "p" : nearestName(letters, kinds);
  return kind === undefined || letters.length < 2 ? undefined : kind + (kind === "map" ? "" : `@${cutoff || 10}`);
}

function refuse(name: string, reason: string, near?: string): never {
  throw new LodestoneError(
    "INVALID_INPUT",
    `"${name}" is not a measure: ${reason}.${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    { detail: { measure: name } },
  );
}
