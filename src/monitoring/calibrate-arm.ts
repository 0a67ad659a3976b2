// Finds out what scores mean in a library: asks it queries that are known to have an answer. The best score of all is that of a query
// with an answer; the best without the answer's own document is that of one without.

import { type ConfidenceScale, confidenceScale } from "../quality/index.js";
import type { Hit } from "../retrieval/index.js";
import type { CalibratedConfidence } from "./confidence-scales.js";
import type { KnownQuery } from "./known-queries.js";
import type { WatchedArm } from "./watched-arm.js";

export type KnownScores = { best: number[]; withoutAnswer: number[] };
export type AskedScores = { logit: KnownScores; cosine: KnownScores };

const DEPTH = 50;
const PATIENT_MS = 10_000;

export type AskOptions = {
  signal: AbortSignal;
  /** Share of the time that is worked, 0..1: searches of others go first. */
  load: number;
  /** Without the cross-encoder: cosines alone. */
  denseOnly?: boolean;
};

export async function askKnownQueries(
  { searcherOf }: Pick<WatchedArm, "searcherOf">,
  queries: readonly KnownQuery[],
  { signal, load, denseOnly = false }: AskOptions,
): Promise<AskedScores> {
  const scores: AskedScores = { logit: noScores(), cosine: noScores() };
  for (const { tenant, id, query } of queries) {
    const startedMs = performance.now();
    const { hits } = await searcherOf(tenant).search(
      {
        ...{ query, limit: DEPTH, explain: true },
        ...(denseOnly ? { mode: "dense", rerank: false } : {}),
        limits: { embedMs: PATIENT_MS, rerankMs: PATIENT_MS },
      },
      signal,
    );
    note(scores.logit, hits, id, ({ explain }) => explain?.rerank?.logit);
    note(scores.cosine, hits, id, ({ explain }) => explain?.dense?.score);
    if (load < 1) await pause(((performance.now() - startedMs) * (1 - load)) / load, signal);
  }
  return scores;
}

/** Undefined where the scores of neither signal tell queries with an answer from those without. */
export function calibrated(
  { logit, cosine }: AskedScores,
  facts: Pick<CalibratedConfidence, "crossEncoder" | "documents" | "queries" | "atMs">,
): CalibratedConfidence | undefined {
  const [byLogit, byCosine] = [scaleOf(logit), scaleOf(cosine)];
  if (!byLogit && !byCosine) return undefined;
  return { ...(byLogit ? { logit: byLogit } : {}), ...(byCosine ? { cosine: byCosine } : {}), ...facts };
}

function scaleOf({ best, withoutAnswer }: KnownScores): ConfidenceScale | undefined {
  return confidenceScale(best, withoutAnswer);
}

function noScores(): KnownScores {
  return { best: [], withoutAnswer: [] };
}

function note(
  { best, withoutAnswer }: KnownScores,
  hits: readonly Hit[],
  answer: string,
  scoreOf: (hit: Hit) => number | undefined,
): void {
  const highest = (some: readonly Hit[]) => Math.max(...some.map((hit) => scoreOf(hit) ?? Number.NEGATIVE_INFINITY));
  const [all, others] = [highest(hits), highest(hits.filter(({ id }) => id !== answer))];
  if (all > Number.NEGATIVE_INFINITY) best.push(all);
  if (others > Number.NEGATIVE_INFINITY) withoutAnswer.push(others);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
