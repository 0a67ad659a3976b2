// SQLite's own full-text search over the same passages, as the rival: FTS5 with Porter's stemmer, ranked by its bm25().

import Database from "better-sqlite3";
import type { LexicalTerm } from "../src/store/index.js";

export type Fts5Path = {
  /** Rows from 0 on. */
  build(passages: Iterable<string>): void;
  /** The best `limit` rows that have one of the words, best first. What a word weighs, FTS5 cannot be told. */
  search(terms: readonly LexicalTerm[], limit: number): number[];
  bytes(): number;
  close(): void;
};

/** `path`: file of the database, made where there is none, or ":memory:". */
export function openFts5Path(path: string): Fts5Path {
  const db = new Database(path);
  db.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA mmap_size = 4294967296;
     CREATE VIRTUAL TABLE IF NOT EXISTS passages USING fts5
       (passage, content = '', tokenize = 'porter unicode61 remove_diacritics 2')`,
  );
  const search = db
    .prepare<[string, number], number>(
      "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY bm25(passages), rowid LIMIT ?",
    )
    .pluck();
  return {
    build(passages) {
      const insert = db.prepare("INSERT INTO passages (rowid, passage) VALUES (?, ?)");
      const batch: string[] = [];
      let row = 0;
      const flush = db.transaction(() => {
        for (const passage of batch.splice(0)) insert.run(row++, passage);
      });
      for (const passage of passages) if (batch.push(passage) === 1000) flush();
      flush();
      db.exec("INSERT INTO passages (passages) VALUES ('optimize')");
    },
    search(terms, limit) {
      const words = terms.map(({ word }) => `"${word.replaceAll('"', "")}"`);
      return words.length === 0 ? [] : search.all(words.join(" OR "), limit);
    },
    bytes: () =>
      db.prepare<[], number>("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").pluck().get()!,
    close: () => db.close(),
  };
}
