// One query's way: lists -> fusion -> rerank -> documents -> hits. Every stage is timed, and what had to be left out is
// said in the answer.

import type { BiEncoder, CrossEncoder, SparseEncoder } from "../encoders/index.js";
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
  type ValueCounts,
} from "../store/index.js";
import type { RowBitmap, VectorIndex } from "../vectors/index.js";
import { findCandidates } from "./candidates.js";
import { type CollapsedDocument, collapse } from "./collapse.js";
import { collapseDuplicates } from "./collapse-duplicates.js";
import { type DiversityPlace, diversify } from "./diversity.js";
import { finalScores } from "./final-score.js";
import type { FusedRow, Fusion } from "./fuse.js";
import { hitOf, type RankedCandidate } from "./hits.js";
import { openQueryEmbedder, type QueryEmbedder } from "./query-embedding.js";
import type { QueryCacheStatus, QueryCost } from "./query-memory.js";
import { fusionReport, type LearnedRanking, rankingSettings } from "./ranking-settings.js";
import { type CheckedSearchRequest, checkSearchRequest } from "./request.js";
import type { Combined } from "./rerank.js";
import type { RerankPace } from "./rerank-pace.js";
import { RERANK_LIMIT_MS, rerankStage } from "./rerank-stage.js";
import type { Hit, SearchResponse } from "./response.js";
import { openSparseQueries, type SparseQueries } from "./sparse-query.js";
import { StageClock } from "./stage-clock.js";
import type { Synonyms } from "./synonyms.js";
import { vectorsByRow } from "./vectors-by-row.js";

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
  /** The generation's, where it has one. */
  sparseEncoder?: SparseEncoder | undefined;
  crossEncoder: CrossEncoder | undefined;
  generation: Generation;
  /** Rows that may be found, under a filter or without one; undefined: all. */
  allowedRows(filter: FilterNode | undefined): Promise<RowBitmap | undefined>;
  /** Values of fields over the documents that may be found. */
  countValues(fields: readonly string[], filter: FilterNode | undefined): Promise<ValueCounts[]>;
  synonyms: Synonyms;
  rerankPace: RerankPace;
  /** What was learned for the library, of these models; undefined for nothing. */
  learned(): LearnedRanking | undefined;
  /** Confidence as calibrated on the library; undefined where it is not. */
  confidenceOf?(signals: ConfidenceSignals): number | undefined;
  /** Told what the encoding of each query has cost, by the model's version. */
  onQueryCost?(model: EncodingModel, cost: QueryCost): void;
};

/** What has encoded a text: a model's version, and whether it gives weighted terms. */
export type EncodingModel = { model: string; isSparse?: boolean };

/** What tells how good the best answer is: the cross-encoder's best logit, and the best cosine. */
export type ConfidenceSignals = { logit?: number; cosine?: number };

type RankedDocument = CollapsedDocument<RankedCandidate> & { duplicateKeys?: number[]; diversity?: DiversityPlace };

export type SearchRooms = SearchParts & { embedder: QueryEmbedder; sparseQueries?: SparseQueries | undefined };

export type Searcher = {
  /** Throws INVALID_INPUT, UNKNOWN_FIELD, FILTER_INVALID or ABORTED. */
  search(request: unknown, signal?: AbortSignal): Promise<Omit<SearchResponse, "searchId">>;
  /** What the memory of query vectors has been good for. */
  queryCache(): QueryCacheStatus;
  /** Queries that are remembered with their vectors, the last asked first. */
  rememberedQueries(limit: number): { query: string; vector: Float32Array }[];
};

export function openSearcher(parts: SearchParts): Searcher {
  const { encoder, sparseEncoder, onQueryCost } = parts;
  const rooms: SearchRooms = {
    ...parts,
    embedder: openQueryEmbedder(encoder, (cost) => onQueryCost?.({ model: encoder.model.version }, cost)),
    sparseQueries:
      sparseEncoder &&
      openSparseQueries(sparseEncoder, (cost) =>
        onQueryCost?.({ model: sparseEncoder.model.version, isSparse: true }, cost),
      ),
  };
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
  const phrasings = [request.query, ...request.queries].map((text) => ({
    text,
    terms: rooms.synonyms.termsOf(rooms.analyser, text),
  }));
  const filter = request.filter === undefined ? undefined : parseFilter(request.filter);
  const scope = await rooms.allowedRows(undefined);
  const allow = filter === undefined ? scope : await rooms.allowedRows(filter);
  const { fusion, depth, source, feedback, rerank } = rankingSettings(rooms, request);
  const counting = facetsOf(rooms, request, filter, clock);
  // Awaited at the end: a search that fails before must not leave a rejection that nobody takes.
  counting.catch(() => undefined);
  const first = await findCandidates(
    rooms,
    request,
    phrasings,
    { allow, scope, depth, fusion, feedback, signal },
    clock,
  );

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

  const ranking = withScores(first.fused, reranked.ranking, first.fusion);
  const confidence = confidenceOf(rooms, reranked.ranking, first.similarity?.best);
  const nothingRelevant = (confidence.confidence ?? 1) < (request.minConfidence ?? 0);
  const relevant = await clock.time(
    "collapse",
    () => (nothingRelevant ? [] : collapsed(rooms, request, ranking)),
    (list) => list.length,
  );
  const documents = await diversified(rooms, request, relevant, clock);
  const words = wordsOf(
    phrasings.flatMap(({ terms }) => terms),
    first.corrections,
  );
  const hits = await hitsOf(rooms, request, documents, words);
  return {
    query: request.query,
    hits,
    offset: request.offset,
    limit: request.limit,
    candidates: documents.length,
    ...confidence,
    ...(nothingRelevant ? { nothingRelevant } : {}),
    rerankDepth: reranked.depth,
    ...(first.feedback ? { feedback: first.feedback } : {}),
    fusion: fusionReport(source, first.fusion),
    ...(first.corrections.length > 0 ? { corrections: first.corrections } : {}),
    ...(first.similarity === undefined ? {} : { similarity: first.similarity }),
    ...(first.remembered === undefined ? {} : { remembered: first.remembered }),
    ...(await counting),
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

async function facetsOf(
  rooms: SearchRooms,
  { facets: fields }: CheckedSearchRequest,
  filter: FilterNode | undefined,
  clock: StageClock,
): Promise<{ facets?: ValueCounts[] }> {
  if (fields.length === 0) return {};
  const facets = await clock.time(
    "facets",
    () => rooms.countValues(fields, filter),
    (counts) => counts.length,
  );
  return { facets };
}

// The documents that are compared with each other, whatever page is shown, so that pages are cut out of one ranking.
const DIVERSE_DOCUMENTS = 50;

async function diversified(
  { vectors }: SearchRooms,
  { diversity = 0 }: CheckedSearchRequest,
  documents: readonly RankedDocument[],
  clock: StageClock,
): Promise<readonly RankedDocument[]> {
  if (diversity === 0 || documents.length === 0) return documents;
  return clock.time(
    "diversify",
    async () => {
      const first = documents.slice(0, DIVERSE_DOCUMENTS);
      const vectorOfRow = await vectorsByRow(
        vectors(),
        first.map(({ best }) => best.candidate.row),
      );
      const ranked = first.map((document) => ({ ...document, relevance: document.best.score }));
      const diverse = diversify(ranked, ({ best }) => vectorOfRow.get(best.candidate.row), diversity);
      return [
        ...diverse.map(({ document, place }) => ({ ...document, diversity: place })),
        ...documents.slice(DIVERSE_DOCUMENTS),
      ];
    },
    (list) => list.length,
  );
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
