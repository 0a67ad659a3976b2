// Finds out what scores mean in a library, by asking it. A query that was made from a document, with that document left out, is as
// far from what is found as people's own queries are (measured: bench/watching.ts); with the document, which says it word for word, it
// is far nearer. Everyday questions have no answer in most libraries.

import { confidenceScale } from "../quality/index.js";
import type { Hit } from "../retrieval/index.js";
import type { CalibratedConfidence } from "./confidence-scales.js";
import type { KnownQuery } from "./known-queries.js";
import { unrelatedQueries } from "./unrelated-queries.js";
import type { WatchedArm } from "./watched-arm.js";

/** Best scores, each document left out from which its query was made. */
export type AskedScores = { logit: number[]; cosine: number[] };

const DEPTH = 50;
const PATIENT_MS = 10_000;

export type AskOptions = {
  signal: AbortSignal;
  /** Share of the time that is worked, 0..1, asked each time: searches of others go first. */
  load(): number;
  /** Without the cross-encoder: cosines alone. */
  denseOnly?: boolean;
};

export async function askQueries(
  { searcherOf }: Pick<WatchedArm, "searcherOf">,
  queries: readonly KnownQuery[],
  { signal, load, denseOnly = false }: AskOptions,
): Promise<AskedScores> {
  const scores: AskedScores = { logit: [], cosine: [] };
  for (const { tenant, id, query } of queries) {
    const startedMs = performance.now();
    const { hits } = await searcherOf(tenant).search(
      {
        // Cosines of a second search are those of another query.
        ...{ query, limit: DEPTH, explain: true, feedback: false },
        ...(denseOnly ? { mode: "dense", rerank: false } : {}),
        limits: { embedMs: PATIENT_MS, rerankMs: PATIENT_MS },
      },
      signal,
    );
    note(scores.logit, hits, id, ({ explain }) => explain?.rerank?.logit);
    note(scores.cosine, hits, id, ({ explain }) => explain?.dense?.score);
    const share = load();
    if (share < 1) await pause(((performance.now() - startedMs) * (1 - share)) / share, signal);
  }
  return scores;
}

/** Everyday questions, asked where the known ones are. */
export function unrelatedTo(known: readonly KnownQuery[]): KnownQuery[] {
  return unrelatedQueries.map((query, i) => ({ tenant: known[i % known.length]!.tenant, id: "", query }));
}

/** Undefined where the scores of neither signal tell queries with an answer from those without. */
export function calibrated(
  answered: AskedScores,
  unanswered: AskedScores,
  facts: Pick<CalibratedConfidence, "crossEncoder" | "documents" | "queries" | "atMs">,
): CalibratedConfidence | undefined {
  const logit = confidenceScale(answered.logit, unanswered.logit);
  const cosine = confidenceScale(answered.cosine, unanswered.cosine);
  if (!logit && !cosine) return undefined;
  return { ...(logit ? { logit } : {}), ...(cosine ? { cosine } : {}), ...facts };
}

function note(scores: number[], hits: readonly Hit[], source: string, scoreOf: (hit: Hit) => number | undefined): void {
  const found = hits.filter(({ id }) => id !== source).map((hit) => scoreOf(hit) ?? Number.NEGATIVE_INFINITY);
  const best = Math.max(...found);
  if (best > Number.NEGATIVE_INFINITY) scores.push(best);
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
