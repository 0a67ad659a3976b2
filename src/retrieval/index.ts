// Retrieval's verbs: one query's way from words to hits.

export type { QueryCacheStatus, QueryCost } from "./query-embedding.js";
export { type SearchRequest, searchRequestSchema } from "./request.js";
export type { Degradation, Hit, HitExplanation, SearchResponse, StageName, StageReport } from "./response.js";
export { type ConfidenceSignals, openSearcher, type Searcher } from "./search.js";
