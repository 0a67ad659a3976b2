// Writes chunks into one generation: registry, texts, and a block of rows with their vectors. Chunks whose passage is stored already
// keep their rows.

import type { Database, Statement } from "better-sqlite3";
import { chunkKey, chunkKeyRange } from "./chunk-key.js";
import type { ChunkDeleter } from "./delete-chunks.js";
import { encodeSparse, prepareSparseInsert, type WeightedTexts } from "./sparse-vectors.js";
import { tenantOfId } from "./tenancy.js";

export type ChunkWrite = {
  id: string;
  index: number;
  start: number;
  end: number;
  tokens: number;
  headingPath: string[];
  text: string;
  passageHash: Uint8Array;
  /** Which of the batch's vectors belongs to it; null: the document has a chunk with this passage already and keeps its vector. */
  vector: number | null;
};

/** The new rows are `firstRow` and those after it: for each, the key of its document and its vector. */
export type RowsWritten = {
  firstRow: number;
  documentKeys: Uint32Array<ArrayBuffer>;
  vectors: Float32Array<ArrayBuffer>;
  removedRows: Uint32Array<ArrayBuffer>;
  /** Which of the batch's vectors each new row took. */
  vectorOfRow: Uint32Array<ArrayBuffer>;
  /** Of documents that belong to a tenant, whose. */
  tenants: { tenant: string; documentKey: number }[];
};

/** Chunks of a document that keep their rows, and the keys of the others. */
export type KeptChunks = { kept: ReadonlyMap<ChunkWrite, number>; replaced: number[] };

export type ChunkStatements = Record<"advance" | "block" | "chunk" | "moveChunk" | "chunkText", Statement> & {
  generation: number;
  oldChunks: Statement<[number, number, number], { key: number; passage_hash: Buffer }>;
  sparse(key: number, terms: Uint8Array): void;
};

export function prepareChunkStatements(db: Database, generation: number): ChunkStatements {
  return {
    generation,
    advance: db.prepare("UPDATE generations SET next_row = next_row + ?, live_chunks = live_chunks + ? WHERE id = ?"),
    block: db.prepare(
      "INSERT INTO row_blocks (generation, first_row, rows, vectors, document_keys, terms) VALUES (?, ?, ?, ?, ?, x'')",
    ),
    oldChunks: db.prepare<[number, number, number], { key: number; passage_hash: Buffer }>(
      "SELECT key, passage_hash FROM chunks WHERE document_key = ? AND key BETWEEN ? AND ?",
    ),
    chunk: db.prepare(
      `INSERT INTO chunks (key, document_key, chunk_index, id, start_char, end_char, tokens, heading_path, passage_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // With its headings: title, headings and text as they are stored give the passage that the row was made of.
    moveChunk: db.prepare(
      "UPDATE chunks SET chunk_index = ?, id = ?, start_char = ?, end_char = ?, heading_path = ? WHERE key = ?",
    ),
    chunkText: db.prepare("INSERT INTO chunk_texts (chunk_key, text) VALUES (?, ?)"),
    sparse: prepareSparseInsert(db),
  };
}

/** The chunks of one batch; belongs inside a transaction. */
export class ChunkWriter {
  readonly #statements: ChunkStatements;
  readonly #deleter: ChunkDeleter;
  readonly #firstRow: number;
  readonly #sparse: WeightedTexts | undefined;
  readonly #documentKeys: number[] = [];
  /** Which of the batch's vectors each new row takes, in row order. */
  readonly #vectorOfRow: number[] = [];
  readonly #removedRows: number[] = [];
  readonly #tenants = new Map<number, string>();

  /** `firstRow`: the first that was never given out. `sparse`: weighted terms of the batch's passages, as many as it has vectors. */
  constructor(statements: ChunkStatements, deleter: ChunkDeleter, firstRow: number, sparse?: WeightedTexts) {
    this.#statements = statements;
    this.#deleter = deleter;
    this.#firstRow = firstRow;
    this.#sparse = sparse;
  }

  /** Pairs a document's chunks with stored ones of the same passage; undefined when one that was counted on is gone. */
  keptChunks(chunks: readonly ChunkWrite[], documentKey: number | undefined): KeptChunks | undefined {
    const byHash = new Map<string, number[]>();
    if (documentKey !== undefined) {
      const { first, last } = chunkKeyRange(this.#statements.generation);
      for (const old of this.#statements.oldChunks.all(documentKey, first, last)) {
        const hash = old.passage_hash.toString("hex");
        byHash.set(hash, [...(byHash.get(hash) ?? []), old.key]);
      }
    }
    const kept = new Map<ChunkWrite, number>();
    for (const chunk of chunks) {
      const found = byHash.get(Buffer.from(chunk.passageHash).toString("hex"))?.shift();
      if (found !== undefined) kept.set(chunk, found);
      else if (chunk.vector === null) return undefined;
    }
    return { kept, replaced: [...byHash.values()].flat() };
  }

  /** Brings a document's chunks to `chunks`. */
  write(
    { key: documentKey, id }: { key: number; id: string },
    chunks: readonly ChunkWrite[],
    { kept, replaced }: KeptChunks,
  ): void {
    const tenant = tenantOfId(id);
    if (tenant !== "") this.#tenants.set(documentKey, tenant);
    this.removed(this.#deleter.deleteChunks(replaced));
    for (const chunk of chunks) {
      const key = kept.get(chunk);
      if (key === undefined) this.#add(documentKey, chunk);
      else {
        const { index, id: chunkId, start, end, headingPath } = chunk;
        this.#statements.moveChunk.run(index, chunkId, start, end, JSON.stringify(headingPath), key);
      }
    }
  }

  /** Notes rows that are gone. */
  removed(rows: readonly number[]): void {
    this.#removedRows.push(...rows);
  }

  /** Writes the block of all new rows. `vectors`: those that the chunks refer to, row-major. */
  finish(vectors: Float32Array, dimensions: number): RowsWritten {
    const rows = this.#vectorOfRow.length;
    const block = new Float32Array(rows * dimensions);
    this.#vectorOfRow.forEach((vector, i) => {
      block.set(vectors.subarray(vector * dimensions, (vector + 1) * dimensions), i * dimensions);
    });
    const documentKeys = Uint32Array.from(this.#documentKeys);
    if (rows > 0) {
      const { generation, block: insert, advance } = this.#statements;
      const [vectorBytes, keyBytes] = [block, documentKeys].map(({ buffer }) => new Uint8Array(buffer));
      insert.run(generation, this.#firstRow, rows, vectorBytes, keyBytes);
      advance.run(rows, rows, generation);
    }
    return {
      firstRow: this.#firstRow,
      documentKeys,
      vectors: block,
      removedRows: Uint32Array.from(this.#removedRows),
      vectorOfRow: Uint32Array.from(this.#vectorOfRow),
      tenants: Array.from(this.#tenants, ([documentKey, tenant]) => ({ tenant, documentKey })),
    };
  }

  #add(documentKey: number, chunk: ChunkWrite): void {
    const statements = this.#statements;
    const row = this.#firstRow + this.#vectorOfRow.length;
    const key = chunkKey(statements.generation, row);
    const { index, id, start, end, tokens, headingPath, passageHash } = chunk;
    const path = JSON.stringify(headingPath);
    statements.chunk.run(key, documentKey, index, id, start, end, tokens, path, passageHash);
    statements.chunkText.run(key, chunk.text);
    if (this.#sparse) statements.sparse(key, encodeSparse(this.#sparse, chunk.vector!));
    this.#vectorOfRow.push(chunk.vector!);
    this.#documentKeys.push(documentKey);
  }
}
