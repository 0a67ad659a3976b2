// The first stage: the lexical list and the dense list of a query, and that of its weighted terms where there is a sparse encoder, found
// side by side, and their fusion. A list that cannot be had in time is left out, and the answer says so.

import { messageOf } from "../errors.js";
import type { Correction, LexicalTerm } from "../store/index.js";
import type { RowBitmap } from "../vectors/index.js";
import { type FusedRow, type Fusion, fuse, fusionOf, type ScoredRow } from "./fuse.js";
import type { QueryVector } from "./query-embedding.js";
import { type CheckedSearchRequest, wantsSparse } from "./request.js";
import type { Degradation, SearchResponse } from "./response.js";
import type { SearchRooms } from "./search.js";
import type { WeightedQuery } from "./sparse-query.js";
import type { StageClock } from "./stage-clock.js";

/** The lists of a query, best first. */
export type Lists = { lexical: LexicalList; dense: DenseList; sparse: SparseList };

type LexicalList = {
  rows: ScoredRow[];
  /** What words were read as that the index does not have. */
  corrections: Correction[];
};

export type FirstStage = { fused: FusedRow[]; lists: Lists; plan: SearchResponse["plan"]; degraded: Degradation[] };

type SparseList = {
  /** Undefined where weighted terms were not searched. */
  rows: ScoredRow[] | undefined;
  degraded: Degradation[];
};

type DenseList = {
  rows: ScoredRow[];
  /** What was searched for; absent where vectors were not. */
  vector?: Float32Array;
  /** Whether the query's vector was known; absent where none was asked for, or it was given. */
  remembered?: boolean;
  plan: SearchResponse["plan"];
  degraded: Degradation[];
};

// Of a list of 200 that is fused and reranked the last ones hardly count; the first ones are found all the same, for
// those that a scan of codes misses are at the end. At 0.99 the dense stage of 50,000 chunks takes 4.0 ms, so 2.7.
const LIST_RECALL = 0.95;

/** Default limit of the query's embedding, and of its weighted terms. */
export const EMBED_LIMIT_MS = 200;

export async function firstStage(
  rooms: SearchRooms,
  request: CheckedSearchRequest,
  query: {
    /** Default: the request's own query. */
    text?: string;
    terms: LexicalTerm[];
    /** Searched for instead of the text's own vector. */
    vector?: Float32Array | undefined;
    /** Lists that were found before. */
    known?: Partial<Lists>;
    allow: RowBitmap | undefined;
    /** All rows that this search may know of; `allow` without the filter. */
    scope: RowBitmap | undefined;
    depth: number;
    fusion: Fusion;
    signal: AbortSignal | undefined;
  },
  clock: StageClock,
): Promise<FirstStage> {
  const [lexical, dense, sparse] = await Promise.all([
    request.mode === "dense" || request.mode === "sparse"
      ? noLexical
      : (query.known?.lexical ??
        clock.time(
          "lexical",
          () => lexicalList(rooms, request, query),
          ({ rows }) => rows.length,
        )),
    request.mode === "lexical" || request.mode === "sparse"
      ? noDense("not asked for")
      : (query.known?.dense ?? denseList(rooms, request, query, clock)),
    query.known?.sparse ?? sparseList(rooms, request, query, clock),
  ]);
  const lists = { lexical, dense, sparse };
  const fused = await clock.time(
    "fuse",
    () => {
      const rows = { lexical: lexical.rows, dense: dense.rows, sparse: sparse.rows };
      return fuse(rows, fusionOf(query.fusion, searchedOf(request, [lists])));
    },
    (rows) => rows.length,
  );
  const degraded = [...dense.degraded, ...sparse.degraded];
  return { fused, lists, plan: dense.plan, degraded };
}

/** Which lists that have a weight were searched, for one phrasing at least. A single list keeps its own scores. */
export function searchedOf(
  { mode }: Pick<CheckedSearchRequest, "mode">,
  phrasings: readonly Lists[],
): { dense: boolean; sparse: boolean } {
  if (mode !== "hybrid") return { dense: true, sparse: mode === "sparse" };
  return {
    dense: phrasings.some(({ dense }) => dense.vector !== undefined),
    sparse: phrasings.some(({ sparse }) => sparse.rows !== undefined),
  };
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
  { text = request.query, vector: given, allow, depth, signal }: Parameters<typeof firstStage>[2],
  clock: StageClock,
): Promise<DenseList> {
  const limitMs = request.limits.embedMs ?? EMBED_LIMIT_MS;
  let embedded: Omit<QueryVector, "isKnown"> & { isKnown?: boolean };
  try {
    embedded = given
      ? { vector: given }
      : await clock.time(
          "embed",
          () => rooms.embedder.embed(text, limitMs),
          () => 1,
        );
  } catch (error) {
    const reason = `the query was not embedded: ${messageOf(error)}`;
    return { ...noDense(reason), degraded: [{ stage: "embed", reason }] };
  }
  const { vector, isKnown } = embedded;
  const remembered = isKnown === undefined ? {} : { remembered: isKnown };
  if (!vector.some((x) => x !== 0)) return { ...noDense("the model knows no word of the query"), ...remembered };
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
  return {
    rows: scoredRows(found),
    vector,
    ...remembered,
    plan: { ...found.plan, reason: found.reason },
    degraded: [],
  };
}

async function sparseList(
  { lexical, sparseQueries }: SearchRooms,
  request: CheckedSearchRequest,
  { text = request.query, allow, depth, signal }: Parameters<typeof firstStage>[2],
  clock: StageClock,
): Promise<SparseList> {
  if (!sparseQueries || !wantsSparse(request)) return { rows: undefined, degraded: [] };
  return clock.time(
    "sparse",
    async () => {
      let query: WeightedQuery;
      try {
        query = await sparseQueries.encode(text, request.limits.embedMs ?? EMBED_LIMIT_MS);
      } catch (error) {
        const reason = `the query was not encoded: ${messageOf(error)}`;
        return { rows: undefined, degraded: [{ stage: "sparse" as const, reason }] };
      }
      const asked = { ...query, limit: depth, allow: allow?.words };
      return { rows: scoredRows(await lexical.call("searchSparse", asked, { signal })), degraded: [] };
    },
    ({ rows = [] }) => rows.length,
  );
}

function noDense(reason: string): DenseList {
  return { rows: [], plan: { kind: "none", reason }, degraded: [] };
}

function scoredRows({ rows, scores }: { rows: Uint32Array; scores: Float32Array }): ScoredRow[] {
  return Array.from(rows, (row, i) => ({ row, score: scores[i]! }));
}
