// Posting lists out of FTS5. FTS5 tokenises, stems and keeps the lists; what is read here is decoded into typed arrays
// and scored by bm25.ts, because FTS5's own bm25() looks up the size of every matching row (10.7 ms for 8 words at 50,000
// passages of 157 words; the same query scored from these lists takes 4.6 ms cold and 0.5 ms warm, one core).

import type { Database } from "better-sqlite3";
import { LRUCache } from "lru-cache";
import { iterateBlocks, lastRowOf, rowsOf } from "./rows.js";
import { LEXICAL_TOKENIZER, lexicalTable } from "./schema.js";

/** The rows that hold a term, ascending, and how often. Deleted rows are not among them. */
export type PostingList = { rows: Uint32Array; frequencies: Uint16Array };

/** Number of rows, and of terms in all of them. */
export type LexicalTotals = { rows: number; terms: number };

export type Postings = {
  /** The terms of a text as the index knows them: folded and stemmed, in order, with repetitions. */
  analyse(text: string): string[];
  list(term: string): PostingList;
  totals(): LexicalTotals;
  /** Terms of each row from `from` on, 0 for one that a vacuum took out; index 0 is row `from`. */
  lengths(from: number): Uint32Array;
  /** Forgets the lists that are kept in memory. */
  forget(): void;
};

const CACHE_BYTES = 64 * 1024 * 1024;

export function openPostings(db: Database, generation: number): Postings {
  const table = lexicalTable(generation);
  db.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table}_instances USING fts5vocab ('main', '${table}', 'instance');
     CREATE VIRTUAL TABLE IF NOT EXISTS temp.query_text USING fts5
       (text, content = '', contentless_delete = 1, tokenize = '${LEXICAL_TOKENIZER}');
     CREATE VIRTUAL TABLE IF NOT EXISTS temp.query_terms USING fts5vocab ('temp', 'query_text', 'instance')`,
  );
  // One string and parsing its digits is 1.5 times as fast as one row for each occurrence.
  const occurrences = db
    .prepare<[string], string | null>(`SELECT group_concat(doc) FROM temp.${table}_instances WHERE term = ?`)
    .pluck();
  const totals = db.prepare<[number], LexicalTotals>(
    "SELECT live_chunks AS rows, live_terms AS terms FROM generations WHERE id = ?",
  );
  const nextRow = db.prepare<[number], number>("SELECT next_row FROM generations WHERE id = ?").pluck();
  const termCounts = db.prepare<[number], Buffer>("SELECT terms FROM row_blocks WHERE rowid = ?").pluck();
  const putText = db.prepare("INSERT INTO temp.query_text (rowid, text) VALUES (1, ?)");
  const dropText = db.prepare("DELETE FROM temp.query_text WHERE rowid = 1");
  const terms = db.prepare<[], string>("SELECT term FROM temp.query_terms ORDER BY offset").pluck();
  const lists = new LRUCache<string, PostingList>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ rows }, term) => rows.length * 6 + term.length * 2 + 100,
  });

  return {
    analyse(text) {
      putText.run(text);
      const found = terms.all();
      dropText.run();
      return found;
    },
    list(term) {
      let list = lists.get(term);
      if (!list) {
        list = decodeOccurrences(occurrences.get(term) ?? "");
        lists.set(term, list);
      }
      return list;
    },
    totals: () => totals.get(generation)!,
    lengths(from) {
      const lengths = new Uint32Array(nextRow.get(generation)! - from);
      for (const block of iterateBlocks(db, generation, from)) {
        if (lastRowOf(block) < from) continue;
        const terms = termCounts.get(block.id)!;
        rowsOf(block).forEach((row, i) => {
          if (row >= from) lengths[row - from] = terms.readUInt32LE(i * 4);
        });
      }
      return lengths;
    },
    forget: () => lists.clear(),
  };
}

const COMMA = 44;
const ZERO = 48;
const MAX_FREQUENCY = 65_535;

/** Decodes "3,3,7": a row once for each occurrence, rows ascending. */
export function decodeOccurrences(text: string): PostingList {
  let count = text.length === 0 ? 0 : 1;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === COMMA) count++;
  const rows = new Uint32Array(count);
  const frequencies = new Uint16Array(count);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let row = 0;
    for (let code = text.charCodeAt(i); i < text.length && code !== COMMA; code = text.charCodeAt(++i))
      row = row * 10 + code - ZERO;
    if (length > 0 && rows[length - 1] === row)
      frequencies[length - 1] = Math.min(MAX_FREQUENCY, frequencies[length - 1]! + 1);
    else {
      rows[length] = row;
      frequencies[length++] = 1;
    }
  }
  return { rows: rows.slice(0, length), frequencies: frequencies.slice(0, length) };
}
