// POST /v1/search: the request, and the parts of its answer that the page reads.
import type { Send } from "./request.js";

export type SearchMode = "hybrid" | "lexical" | "dense";

export type SearchFilter = { folder?: string; type?: { in: string[] } };

export type SearchRequest = {
  query: string;
  mode: SearchMode;
  limit: number;
  offset: number;
  filter?: SearchFilter;
  rerank?: boolean;
  explain?: boolean;
};

export type MetadataValue = string | number | boolean | (string | number | boolean)[];

/** Offsets are UTF-16, half open. */
export type Highlight = readonly [start: number, end: number];

export type HitExplanation = {
  lexical?: { rank: number; score: number };
  dense?: { rank: number; score: number };
  /** Where the library has a sparse encoder. */
  sparse?: { rank: number; score: number };
  fused: { rank: number; score: number; lexicalNorm?: number; denseNorm?: number; sparseNorm?: number };
  rerank?: { rank: number; logit: number; score: number };
  final: { rank: number; score: number };
  terms: string[];
};

export type Hit = {
  id: string;
  title: string;
  path?: string;
  type: string;
  score: number;
  metadata: Record<string, MetadataValue>;
  headingPath: string[];
  modifiedAt?: string;
  chunk: { id: string; index: number; start: number; end: number };
  matchingChunks: number;
  snippet: { text: string; highlights: Highlight[] };
  explain?: HitExplanation;
};

export type StageTime = { name: string; ms: number; candidates: number };

/** How vectors were searched: each kind with its own numbers. */
export type SearchPlan = { kind: string; oversampling?: number; probes?: number; ef?: number; reason: string };

export type SearchResponse = {
  /** Names this answer in feedback on it. */
  searchId: string;
  query: string;
  hits: Hit[];
  candidates: number;
  /** Words that no text has, and what they were read as. */
  corrections?: { word: string; read: string[] }[];
  /** Passages that the cross-encoder read. */
  rerankDepth: number;
  degraded: { stage: string; reason: string }[];
  plan: SearchPlan;
  generation: number;
  model: string;
  tookMs: number;
  stages: StageTime[];
};

export async function search(send: Send, request: SearchRequest, signal: AbortSignal): Promise<SearchResponse> {
  return (await send("/v1/search", { body: request, signal })) as SearchResponse;
}
