// Lexical search: texts -> terms, and one inverted index of impacts that serves BM25 and learned sparse encoders alike.
// Knows nothing of documents, SQLite, servers or models; bytes and numbers in, bytes and numbers out.

export { Analyser, type AnalyserOptions, type Token } from "./analyser.js";
export type { LexicalHits } from "./best-rows.js";
export type { Statistics } from "./bm25.js";
export { foldWord } from "./fold-word.js";
export { ImpactBatch, type ImpactRow, impactOf, LARGEST_IMPACT } from "./impact-batch.js";
export {
  ImpactIndex,
  type ImpactIndexOptions,
  type LexicalSearchOptions,
  type QueryTerm,
  type SegmentStatus,
} from "./impact-index.js";
export { finished } from "./sections.js";
export { checkSegment } from "./segment.js";
export { englishStemmer, noStemmer, type Stemmer } from "./stemmer.js";
export type { TermBatch, ValueKind } from "./term-batch.js";
export { TextBatch } from "./text-batch.js";
export { readingsOf } from "./typos.js";
export type { SimilarWord, Vocabulary, VocabularyWord } from "./vocabulary.js";
export { type WordForm, wordForms } from "./word-forms.js";
