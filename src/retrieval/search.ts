// One query's way: lists -> fusion -> rerank -> documents -> hits. Every stage is timed, and what had to be left out is
// said in the answer.

import type { BiEncoder, CrossEncoder } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import { type FilterNode, parseFilter } from "../filters/index.js";
import type { Analyser } from "../lexical/index.js";
import {
  type Correction,
  type Generation,
  type LexicalIndex,
  type LexicalTerm,
  printsOf,
  type StoreReader,
} from "../store/index.js";
import type { RowBitmap, VectorIndex } from "../vectors/index.js";
import { type CollapsedDocument, collapse } from "./collapse.js";
import { collapseDuplicates } from "./collapse-duplicates.js";
import { finalScores } from "./final-score.js";
import { firstStage } from "./first-stage.js";
import type { FusedRow, Fusion } from "./fuse.js";
import { hitOf, type RankedCandidate } from "./hits.js";
import { openQueryEmbedder, type QueryCacheStatus, type QueryCost, type QueryEmbedder } from "./query-embedding.js";
import { queryTerms } from "./query-terms.js";
import { type CheckedSearchRequest, checkSearchRequest } from "./request.js";
import type { Combined } from "./rerank.js";
import { RERANK_LIMIT_MS, rerankStage } from "./rerank-stage.js";
import type { Hit, SearchResponse } from "./response.js";
import { StageClock } from "./stage-clock.js";

/** What a search works with. */
export type SearchParts = {
  reader: StoreReader;
  lexical: LexicalIndex;
  /** As the lexical index has it. */
  analyser: Analyser;
  /** The index that holds the vectors now. */
  vectors(): VectorIndex;
  /** Key of a row's document, 0 for a row that is gone. */
  documentOf(row: number): number;
  encoder: BiEncoder;
  crossEncoder: CrossEncoder | undefined;
  generation: Generation;
  /** Rows that may be found, under a filter or without one; undefined: all. */
  allowedRows(filter: FilterNode | undefined): Promise<RowBitmap | undefined>;
  /** Confidence as calibrated on the library; undefined where it is not. */
  confidenceOf?(signals: ConfidenceSignals): number | undefined;
  /** Told what the embedding of each query has cost. */
  onQueryCost?(cost: QueryCost): void;
};

/** What tells how good the best answer is: the cross-encoder's best logit, and the best cosine. */
export type ConfidenceSignals = { logit?: number; cosine?: number };

type RankedDocument = CollapsedDocument<RankedCandidate> & { duplicateKeys?: number[] };

export type SearchRooms = SearchParts & { embedder: QueryEmbedder };

export type Searcher = {
  /** Throws INVALID_INPUT, UNKNOWN_FIELD, FILTER_INVALID or ABORTED. */
  search(request: unknown, signal?: AbortSignal): Promise<Omit<SearchResponse, "searchId">>;
  /** What the memory of query vectors has been good for. */
  queryCache(): QueryCacheStatus;
  /** Queries that are remembered with their vectors, the last asked first. */
  rememberedQueries(limit: number): { query: string; vector: Float32Array }[];
};

// What holds for a model whose manifest recommends nothing: reciprocal ranks need no knowledge of its scores.
const DEFAULT_FUSION: Fusion = { method: "rrf", k: 60, denseWeight: 1 };
const DEFAULT_DEPTH = 200;
const DEFAULT_RERANK = { depth: 50, logitWeight: 1, firstStageWeight: 0 };

export function openSearcher(parts: SearchParts): Searcher {
  const rooms: SearchRooms = { ...parts, embedder: openQueryEmbedder(parts.encoder, parts.onQueryCost) };
  return {
    search: (request, signal) => search(rooms, checkSearchRequest(request), signal),
    queryCache: () => rooms.embedder.status(),
    rememberedQueries: (limit) => rooms.embedder.remembered(limit),
  };
}

async function search(
  rooms: SearchRooms,
  request: CheckedSearchRequest,
  signal: AbortSignal | undefined,
): Promise<Omit<SearchResponse, "searchId">> {
  if (request.query.trim() === "") {
    throw new LodestoneError(
      "INVALID_INPUT",
      "The query is empty. Search for one or more words, or list the documents instead.",
    );
  }
  const clock = new StageClock();
  const terms = queryTerms(rooms.analyser, request.query);
  const scope = await rooms.allowedRows(undefined);
  const allow = request.filter === undefined ? scope : await rooms.allowedRows(parseFilter(request.filter));
  const { fusion, depth } = fusionFor(rooms, request);
  const first = await firstStage(rooms, request, { terms, allow, scope, depth, fusion, signal }, clock);

  const rerank = rerankFor(rooms, request);
  const reranked = await clock.time(
    "rerank",
    () =>
      rerankStage(rooms, first.fused, {
        query: request.query,
        depth: rerank.depth,
        weights: rerank,
        limitMs: request.limits.rerankMs ?? RERANK_LIMIT_MS,
        signal,
      }),
    ({ ranking }) => ranking.length,
  );

  const ranking = withScores(first.fused, reranked.ranking, fusion);
  const documents = await clock.time(
    "collapse",
    () => collapsed(rooms, request, ranking),
    (list) => list.length,
  );
  const hits = await hitsOf(rooms, request, documents, wordsOf(terms, first.corrections));
  return {
    query: request.query,
    hits,
    offset: request.offset,
    limit: request.limit,
    candidates: documents.length,
    ...confidenceOf(rooms, reranked.ranking, first.similarity?.best),
    ...(first.corrections.length > 0 ? { corrections: first.corrections } : {}),
    ...(first.similarity === undefined ? {} : { similarity: first.similarity }),
    ...(first.remembered === undefined ? {} : { remembered: first.remembered }),
    degraded: [...first.degraded, ...reranked.degraded],
    plan: first.plan,
    generation: rooms.generation.id,
    model: rooms.generation.modelVersion,
    tookMs: clock.elapsedMs(),
    stages: clock.reports,
  };
}

/** The words that were looked for. */
function wordsOf(terms: readonly LexicalTerm[], corrections: readonly Correction[]): string[] {
  const read = new Map(corrections.map((correction) => [correction.word, correction.read]));
  return [...new Set(terms.flatMap(({ word }) => read.get(word) ?? word))];
}

function confidenceOf(
  { confidenceOf: calibrated }: SearchRooms,
  ranking: readonly Combined<FusedRow>[],
  cosine: number | undefined,
): Pick<SearchResponse, "confidence" | "confidenceFrom"> {
  const logit = Math.max(...ranking.map(({ rerank }) => rerank?.logit ?? Number.NEGATIVE_INFINITY));
  const isRead = logit !== Number.NEGATIVE_INFINITY;
  const confidence = calibrated?.({ ...(isRead ? { logit } : {}), ...(cosine === undefined ? {} : { cosine }) });
  if (confidence !== undefined) return { confidence, confidenceFrom: "calibration" };
  return isRead ? { confidence: 1 / (1 + Math.exp(-logit)), confidenceFrom: "cross-encoder" } : {};
}

/** The manifest's recommendation, with what the request says otherwise. A single list keeps its own scores. */
function fusionFor(
  { encoder }: SearchRooms,
  { mode, fusion, depth: asked }: CheckedSearchRequest,
): { fusion: Fusion; depth: number } {
  const recommended = encoder.model.manifest.fusion;
  const depth = asked ?? recommended?.depth ?? DEFAULT_DEPTH;
  if (mode !== "hybrid") return { depth, fusion: { method: "convex", lexicalWeight: mode === "lexical" ? 1 : 0 } };
  if (fusion?.method === "convex") {
    const own = recommended?.method === "convex" ? recommended.lexicalWeight : 0.5;
    return { depth, fusion: { method: "convex", lexicalWeight: fusion.lexicalWeight ?? own } };
  }
  if (fusion?.method === "rrf") {
    const { k = 60, denseWeight = 1 } = fusion;
    return { depth, fusion: { method: "rrf", k, denseWeight } };
  }
  return { depth, fusion: recommended ?? DEFAULT_FUSION };
}

function rerankFor({ crossEncoder }: SearchRooms, { rerank = true }: CheckedSearchRequest) {
  const recommended = crossEncoder?.model.manifest.rerank ?? DEFAULT_RERANK;
  const { logitWeight, firstStageWeight } = recommended;
  const depth = rerank === false ? 0 : rerank === true ? recommended.depth : rerank.depth;
  return { depth, logitWeight, firstStageWeight };
}

function withScores(
  fused: readonly FusedRow[],
  ranking: readonly Combined<FusedRow>[],
  fusion: Fusion,
): RankedCandidate[] {
  const fusedRanks = new Map(fused.map(({ row }, i) => [row, i + 1]));
  const scores = finalScores(
    ranking.map(({ candidate, rerank }) => ({ fused: candidate.score, ...(rerank ? { reranked: rerank.score } : {}) })),
    fusion,
  );
  return ranking.map((entry, i) => ({ ...entry, fusedRank: fusedRanks.get(entry.candidate.row)!, score: scores[i]! }));
}

/** The documents of a ranking of chunks; on request without those that a better one is a duplicate of. */
async function collapsed(
  { reader, documentOf }: SearchRooms,
  { minScore = 0, collapseDuplicates: withoutDuplicates }: CheckedSearchRequest,
  ranking: readonly RankedCandidate[],
): Promise<RankedDocument[]> {
  const documents = collapse(ranking, ({ candidate }) => documentOf(candidate.row)).filter(
    ({ best }) => best.score >= minScore,
  );
  if (!withoutDuplicates) return documents;
  const prints = await reader.call("prints", { keys: documents.map(({ documentKey }) => documentKey) });
  return collapseDuplicates(documents, printsOf(prints));
}

async function hitsOf(
  { reader }: SearchRooms,
  { offset, limit, explain, collapseDuplicates: withoutDuplicates }: CheckedSearchRequest,
  documents: readonly RankedDocument[],
  words: readonly string[],
): Promise<Hit[]> {
  const page = documents.slice(offset, offset + limit);
  const [chunks, summaries] = await Promise.all([
    reader.call("chunks", { rows: Uint32Array.from(page, ({ best }) => best.candidate.row) }),
    reader.call("summaries", {
      keys: page.flatMap(({ documentKey, duplicateKeys = [] }) => [documentKey, ...duplicateKeys]),
    }),
  ]);
  const chunkOfRow = new Map(chunks.map((chunk) => [chunk.row, chunk]));
  const documentOfKey = new Map(summaries.map((document) => [document.key, document]));
  return page.flatMap((collapsed, i) => {
    const chunk = chunkOfRow.get(collapsed.best.candidate.row);
    const document = documentOfKey.get(collapsed.documentKey);
    // Deleted between the ranking and now: it must not be shown any more.
    if (!chunk || !document) return [];
    const hit = hitOf(collapsed, offset + i + 1, { document, chunk, words, explain });
    if (!withoutDuplicates) return [hit];
    const duplicates = (collapsed.duplicateKeys ?? []).flatMap((key) => documentOfKey.get(key)?.id ?? []);
    return [{ ...hit, duplicates }];
  });
}
