// Retrieval's verbs: one query's way from words to hits.

export type { QueryCacheStatus, QueryCost } from "./query-memory.js";
export { type LearnedRanking, learnedRankingSchema, recommendedSparseWeight } from "./ranking-settings.js";
export { type SearchRequest, searchRequestSchema } from "./request.js";
export { RerankPace } from "./rerank-pace.js";
export {
  type Degradation,
  type FeedbackReport,
  type FusionReport,
  type Hit,
  type HitExplanation,
  type SearchResponse,
  type StageName,
  type StageReport,
  stageNames,
} from "./response.js";
export { type ConfidenceSignals, type EncodingModel, openSearcher, type Searcher } from "./search.js";
export { parseSynonyms, Synonyms } from "./synonyms.js";
