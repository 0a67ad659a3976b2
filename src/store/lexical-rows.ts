// What the lexical index of a generation is made of, as the database holds it: the passages of its live rows, and which
// rows are not alive any more.

import type { Database } from "better-sqlite3";
import { passageOf } from "../documents/index.js";
import { chunkKey, chunkKeyRange, rowOfChunkKey } from "./chunk-key.js";
import { selectDead } from "./rows.js";

export type RowPassage = { row: number; passage: string };

export type LexicalRows = {
  /** Runs `work` on one state of the library. */
  atOnce<T>(work: () => T): T;
  /** Changes whenever another connection has committed. */
  version(): number;
  /** The first row that was never given out, and how many rows are alive; undefined once the generation is dropped. */
  extent(): { nextRow: number; liveRows: number } | undefined;
  /** The first `limit` live rows from row `from` on. */
  passages(from: number, limit: number): RowPassage[];
  /** The passage of a row; undefined where it is not alive. */
  passage(row: number): string | undefined;
  /** Rows that are not alive any more and that no vacuum has taken out yet. */
  deadRows(): number[];
  /** All rows that are alive, ascending. */
  liveRows(): number[];
};

type ChunkRow = { key: number; title: string; headingPath: string; text: string };

export function openLexicalRows(db: Database, generation: number): LexicalRows {
  const { first, last } = chunkKeyRange(generation);
  const extent = db.prepare<[number], { nextRow: number; liveRows: number }>(
    "SELECT next_row AS nextRow, live_chunks AS liveRows FROM generations WHERE id = ?",
  );
  const chunks = db.prepare<[number, number, number], ChunkRow>(
    `SELECT c.key, d.title, c.heading_path AS headingPath, t.text
     FROM chunks c JOIN documents d ON d.key = c.document_key JOIN chunk_texts t ON t.chunk_key = c.key
     WHERE c.key BETWEEN ? AND ? ORDER BY c.key LIMIT ?`,
  );
  const keys = db.prepare<[number, number], number>("SELECT key FROM chunks WHERE key BETWEEN ? AND ?").pluck();
  const passagesBetween = (from: number, to: number, limit: number) =>
    chunks.all(from, to, limit).map(({ key, title, headingPath, text }) => ({
      row: rowOfChunkKey(key),
      passage: passageOf(title, JSON.parse(headingPath) as string[], text),
    }));
  return {
    atOnce: (work) => db.transaction(work)(),
    version: () => db.pragma("data_version", { simple: true }) as number,
    extent: () => extent.get(generation),
    passages: (from, limit) => passagesBetween(chunkKey(generation, from), last, limit),
    passage(row) {
      const key = chunkKey(generation, row);
      return passagesBetween(key, key, 1)[0]?.passage;
    },
    deadRows: () => selectDead(db, generation, 0),
    liveRows: () => keys.all(first, last).map(rowOfChunkKey),
  };
}
