// The lexical path of the store on its own: FTS5 postings scored by store/bm25.ts, over passages alone. What the impact
// index is compared with.

import Database from "better-sqlite3";
import { type LexicalIndex, openLexicalIndex } from "../src/store/lexical.js";
import { createLexicalTable } from "../src/store/schema.js";

const GENERATION = 1;

export type Fts5Path = {
  /** Rows from 0 on. */
  build(passages: Iterable<string>): void;
  search: LexicalIndex["search"];
  bytes(): number;
  close(): void;
};

/** `path`: file of the database, made where there is none, or ":memory:". */
export function openFts5Path(path: string): Fts5Path {
  const db = new Database(path);
  db.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA mmap_size = 4294967296;
     CREATE TABLE IF NOT EXISTS generations (id INTEGER PRIMARY KEY, live_chunks INTEGER, live_terms INTEGER, next_row INTEGER);
     CREATE TABLE IF NOT EXISTS row_blocks (generation INTEGER, first_row INTEGER, terms BLOB)`,
  );
  let opened: LexicalIndex | undefined;
  return {
    build(passages) {
      createLexicalTable(db, GENERATION);
      const insert = db.prepare("INSERT INTO lexical_1 (rowid, passage) VALUES (?, ?)");
      const sizeOf = db.prepare<[number], Buffer>("SELECT sz FROM lexical_1_docsize WHERE id = ?").pluck();
      const lengths: number[] = [];
      const batch: string[] = [];
      const flush = db.transaction(() => {
        for (const passage of batch.splice(0)) {
          insert.run(lengths.length, passage);
          lengths.push(varint(sizeOf.get(lengths.length)!));
        }
      });
      for (const passage of passages) if (batch.push(passage) === 1000) flush();
      flush();
      const total = lengths.reduce((sum, length) => sum + length, 0);
      db.prepare("INSERT INTO row_blocks VALUES (?, 0, ?)").run(
        GENERATION,
        Buffer.from(Uint32Array.from(lengths).buffer),
      );
      db.prepare("INSERT INTO generations VALUES (?, ?, ?, ?)").run(GENERATION, lengths.length, total, lengths.length);
    },
    search(terms, limit, allow) {
      opened ??= openLexicalIndex(db, GENERATION);
      return opened.search(terms, limit, allow);
    },
    bytes: () =>
      db.prepare<[], number>("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").pluck().get()!,
    close: () => db.close(),
  };
}

function varint(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 127);
    if (byte < 128) break;
  }
  return value;
}
