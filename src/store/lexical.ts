// The lexical index of one generation. This interface is all that retrieval knows of it, so that another inverted index
// can take its place.

import type { Database } from "better-sqlite3";
import { Bm25, type LexicalHits } from "./bm25.js";
import { openPostings } from "./postings.js";

/** A word of the query, and how often it counts. */
export type LexicalTerm = { word: string; count: number };

export type LexicalIndex = {
  /**
   * The best `limit` rows by BM25, ties by row. With `allow`, only rows that it accepts. Always answers from the newest
   * commit.
   */
  search(terms: readonly LexicalTerm[], limit: number, allow?: (row: number) => boolean): LexicalHits;
  /** In how many of the live rows each word occurs. */
  frequencies(words: readonly string[]): WordFrequencies;
};

/** `frequencies`: of `rows`, how many have each word; in the order of the words that were asked for. */
export type WordFrequencies = { rows: number; frequencies: Uint32Array<ArrayBuffer> };

export function openLexicalIndex(db: Database, generation: number): LexicalIndex {
  const postings = openPostings(db, generation);
  let lengths = new Uint32Array(0);
  let version: number | undefined;
  let scorer = new Bm25({ rows: 0, terms: 0 }, lengths);

  // Rows are never reused, so that known lengths stay right; lists and totals change with every commit.
  const follow = () => {
    const found = db.pragma("data_version", { simple: true }) as number;
    if (found === version) return;
    version = found;
    const fresh = postings.lengths(lengths.length);
    const grown = new Uint32Array(lengths.length + fresh.length);
    grown.set(lengths);
    grown.set(fresh, lengths.length);
    lengths = grown;
    postings.forget();
    scorer = new Bm25(postings.totals(), lengths);
  };

  return {
    // One transaction, so that the lists of all terms and the totals come from one commit.
    search: db.transaction((terms: readonly LexicalTerm[], limit: number, allow?: (row: number) => boolean) => {
      follow();
      const counts = new Map<string, number>();
      for (const { word, count } of terms) {
        for (const term of postings.analyse(word)) counts.set(term, (counts.get(term) ?? 0) + count);
      }
      return scorer.search(
        Array.from(counts, ([term, count]) => ({ list: postings.list(term), count })),
        limit,
        allow,
      );
    }),
    frequencies: db.transaction((words: readonly string[]) => {
      follow();
      const frequencyOf = (word: string) => {
        // Of a word that the index takes apart, the rarest part.
        const lengths = postings.analyse(word).map((term) => postings.list(term).rows.length);
        return lengths.length === 0 ? 0 : Math.min(...lengths);
      };
      return { rows: postings.totals().rows, frequencies: Uint32Array.from(words, frequencyOf) };
    }),
  };
}
