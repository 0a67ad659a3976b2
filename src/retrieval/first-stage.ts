// The first stage: the lexical list and the dense list of a query, found side by side, and their fusion. A dense list
// that cannot be had in time degrades the answer to the lexical one.

import { messageOf } from "../errors.js";
import type { Correction, LexicalTerm } from "../store/index.js";
import type { RowBitmap } from "../vectors/index.js";
import { type FusedRow, type Fusion, fuse, type ScoredRow } from "./fuse.js";
import type { QueryVector } from "./query-embedding.js";
import type { CheckedSearchRequest } from "./request.js";
import type { Degradation, SearchResponse } from "./response.js";
import type { SearchRooms } from "./search.js";
import type { StageClock } from "./stage-clock.js";

export type FirstStage = {
  fused: FusedRow[];
  plan: SearchResponse["plan"];
  degraded: Degradation[];
  /** What words were read as that the index does not have. */
  corrections: Correction[];
} & Pick<SearchResponse, "similarity" | "remembered">;

type LexicalList = { rows: ScoredRow[]; corrections: Correction[] };

type DenseList = {
  rows: ScoredRow[];
  plan: SearchResponse["plan"];
  degraded: Degradation[];
  remembered?: boolean;
};

// Of a list of 200 that is fused and reranked the last ones hardly count; the first ones are found all the same, for
// those that a scan of codes misses are at the end. At 0.99 the dense stage of 50,000 chunks takes 4.0 ms, so 2.7.
const LIST_RECALL = 0.95;

/** Default limit of the query's embedding. */
export const EMBED_LIMIT_MS = 200;

export async function firstStage(
  rooms: SearchRooms,
  request: CheckedSearchRequest,
  query: {
    terms: LexicalTerm[];
    allow: RowBitmap | undefined;
    /** All rows that this search may know of; `allow` without the filter. */
    scope: RowBitmap | undefined;
    depth: number;
    fusion: Fusion;
    signal: AbortSignal | undefined;
  },
  clock: StageClock,
): Promise<FirstStage> {
  const [lexical, dense] = await Promise.all([
    request.mode === "dense"
      ? noLexical
      : clock.time(
          "lexical",
          () => lexicalList(rooms, request, query),
          ({ rows }) => rows.length,
        ),
    request.mode === "lexical" ? noDense("not asked for") : denseList(rooms, request, query, clock),
  ]);
  const fused = await clock.time(
    "fuse",
    () => fuse({ lexical: lexical.rows, dense: dense.rows }, query.fusion),
    (rows) => rows.length,
  );
  const { rows, plan, degraded, remembered } = dense;
  return {
    fused,
    plan,
    degraded,
    corrections: lexical.corrections,
    ...similarityOf(rows),
    ...(remembered === undefined ? {} : { remembered }),
  };
}

function similarityOf([first, second]: readonly ScoredRow[]): Pick<SearchResponse, "similarity"> {
  if (first === undefined) return {};
  return { similarity: { best: first.score, ...(second === undefined ? {} : { gap: first.score - second.score }) } };
}

const noLexical: LexicalList = { rows: [], corrections: [] };

async function lexicalList(
  { lexical }: SearchRooms,
  { typos }: CheckedSearchRequest,
  { terms, allow, scope, depth, signal }: Parameters<typeof firstStage>[2],
): Promise<LexicalList> {
  if (terms.length === 0) return noLexical;
  const asked = { terms, limit: depth, allow: allow?.words, scope: scope?.words, typos };
  const { corrections, ...found } = await lexical.call("search", asked, { signal });
  return { rows: scoredRows(found), corrections };
}

async function denseList(
  rooms: SearchRooms,
  request: CheckedSearchRequest,
  { allow, depth, signal }: Parameters<typeof firstStage>[2],
  clock: StageClock,
): Promise<DenseList> {
  const limitMs = request.limits.embedMs ?? EMBED_LIMIT_MS;
  let embedded: QueryVector;
  try {
    embedded = await clock.time(
      "embed",
      () => rooms.embedder.embed(request.query, limitMs),
      () => 1,
    );
  } catch (error) {
    const reason = `the query was not embedded: ${messageOf(error)}`;
    return { ...noDense(reason), degraded: [{ stage: "embed", reason }] };
  }
  const { vector, isKnown: remembered } = embedded;
  if (!vector.some((x) => x !== 0)) return { ...noDense("the model knows no word of the query"), remembered };
  const found = await clock.time(
    "dense",
    () =>
      rooms.vectors().search(vector, {
        k: depth,
        allow,
        plan: request.plan,
        recall: request.recall ?? LIST_RECALL,
        oversampling: request.oversampling,
        probes: request.probes,
        ef: request.ef,
        signal,
      }),
    ({ rows }) => rows.length,
  );
  return { rows: scoredRows(found), plan: { ...found.plan, reason: found.reason }, degraded: [], remembered };
}

function noDense(reason: string): DenseList {
  return { rows: [], plan: { kind: "none", reason }, degraded: [] };
}

function scoredRows({ rows, scores }: { rows: Uint32Array; scores: Float32Array }): ScoredRow[] {
  return Array.from(rows, (row, i) => ({ row, score: scores[i]! }));
}
