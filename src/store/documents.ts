// Reads documents and chunks for display: what a hit, a listing or a document's own page shows. Ids are given out as the document's
// tenant knows them.

import { inflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { Heading, Metadata, TextRange } from "../documents/index.js";
import { chunkKey, chunkKeyRange, rowOfChunkKey } from "./chunk-key.js";
import { unscopedId } from "./tenancy.js";

export type DocumentSummary = {
  id: string;
  title: string;
  /** Media type, for instance text/markdown. */
  type: string;
  path?: string;
  metadata: Metadata;
  /** ISO 8601. */
  modifiedAt?: string;
  indexedAt: string;
  characters: number;
};

export type StoredDocument = DocumentSummary & {
  text: string;
  /** Where sections begin and which parts are code; offsets are UTF-16 units into `text`. */
  headings: Heading[];
  codeBlocks: TextRange[];
  chunks: StoredChunk[];
};

export type StoredChunk = {
  id: string;
  index: number;
  start: number;
  end: number;
  tokens: number;
  headingPath: string[];
};

/** A chunk as retrieval needs it: its text and where it belongs. */
export type ChunkRecord = StoredChunk & { row: number; documentKey: number; title: string; text: string };

type Outline = { headings: Heading[]; codeBlocks: TextRange[] };

type DocumentRow = {
  key: number;
  id: string;
  title: string;
  media_type: string;
  path: string | null;
  metadata: string;
  modified_at_ms: number | null;
  indexed_at_ms: number;
  characters: number;
};

type ChunkRow = {
  key: number;
  document_key: number;
  chunk_index: number;
  id: string;
  start_char: number;
  end_char: number;
  tokens: number;
  heading_path: string;
};

const DOCUMENT_COLUMNS = `d.key, d.own_id AS id, d.title, d.media_type, d.path, d.metadata, d.modified_at_ms, d.indexed_at_ms, t.characters
  FROM documents d JOIN document_texts t ON t.document_key = d.key`;

export type DocumentReader = {
  /** The chunks in `rows`, in that order; rows that have been deleted meanwhile are left out. */
  chunks(rows: Uint32Array): ChunkRecord[];
  /** Documents by key, each with its key; those that are gone are left out. */
  summaries(keys: readonly number[]): (DocumentSummary & { key: number })[];
  /** By the id under which it is stored. */
  document(id: string): StoredDocument | undefined;
  /** A page of a tenant's documents by id, or of `keys` where a filter chose them. */
  list(page: { tenant: string; offset: number; limit: number; keys?: Uint32Array }): {
    documents: DocumentSummary[];
    total: number;
  };
};

/** Reads over an open connection; `generation` is the one whose chunks are shown. */
export function openDocumentReader(db: Database, generation: number): DocumentReader {
  const range = chunkKeyRange(generation);
  const byKey = db.prepare<[number], DocumentRow>(`SELECT ${DOCUMENT_COLUMNS} WHERE d.key = ?`);
  const byId = db.prepare<[string], DocumentRow>(`SELECT ${DOCUMENT_COLUMNS} WHERE d.id = ?`);
  const page = db.prepare<[string, number, number], DocumentRow>(
    `SELECT ${DOCUMENT_COLUMNS} WHERE d.tenant = ? ORDER BY d.own_id LIMIT ? OFFSET ?`,
  );
  const textOf = db.prepare<[number], { deflated: Buffer; outline: string }>(
    "SELECT deflated, outline FROM document_texts WHERE document_key = ?",
  );
  const chunksOf = db.prepare<[number, number, number], ChunkRow>(
    `SELECT key, document_key, chunk_index, id, start_char, end_char, tokens, heading_path FROM chunks
     WHERE document_key = ? AND key BETWEEN ? AND ? ORDER BY chunk_index`,
  );
  const chunk = db.prepare<[number], ChunkRow & { title: string; text: string }>(
    `SELECT c.key, c.document_key, c.chunk_index, c.id, c.start_char, c.end_char, c.tokens, c.heading_path, d.title, t.text
     FROM chunks c JOIN documents d ON d.key = c.document_key JOIN chunk_texts t ON t.chunk_key = c.key WHERE c.key = ?`,
  );
  const count = db.prepare<[string], number>("SELECT count(*) FROM documents WHERE tenant = ?").pluck();

  return {
    chunks(rows) {
      const found: ChunkRecord[] = [];
      for (const row of rows) {
        const stored = chunk.get(chunkKey(generation, row));
        if (!stored) continue;
        const { document_key, title, text } = stored;
        found.push({ ...storedChunk(stored), row: rowOfChunkKey(stored.key), documentKey: document_key, title, text });
      }
      return found;
    },

    summaries(keys) {
      return keys.flatMap((key) => {
        const row = byKey.get(key);
        return row ? [{ key, ...summary(row) }] : [];
      });
    },

    document(id) {
      const row = byId.get(id);
      if (!row) return undefined;
      const chunks = chunksOf.all(row.key, range.first, range.last);
      const { deflated, outline } = textOf.get(row.key)!;
      return {
        ...summary(row),
        text: inflateRawSync(deflated).toString("utf8"),
        ...(JSON.parse(outline) as Outline),
        chunks: chunks.map(storedChunk),
      };
    },

    list({ tenant, offset, limit, keys }) {
      if (!keys) return { documents: page.all(tenant, limit, offset).map(summary), total: count.get(tenant)! };
      const documents = Array.from(keys.subarray(offset, offset + limit)).flatMap((key) => {
        const row = byKey.get(key);
        return row ? [summary(row)] : [];
      });
      return { documents, total: keys.length };
    },
  };
}

function summary(row: DocumentRow): DocumentSummary {
  return {
    id: row.id,
    title: row.title,
    type: row.media_type,
    ...(row.path === null ? {} : { path: row.path }),
    metadata: JSON.parse(row.metadata) as Metadata,
    ...(row.modified_at_ms === null ? {} : { modifiedAt: new Date(row.modified_at_ms).toISOString() }),
    indexedAt: new Date(row.indexed_at_ms).toISOString(),
    characters: row.characters,
  };
}

function storedChunk(row: ChunkRow): StoredChunk {
  return {
    id: unscopedId(row.id),
    index: row.chunk_index,
    start: row.start_char,
    end: row.end_char,
    tokens: row.tokens,
    headingPath: JSON.parse(row.heading_path) as string[],
  };
}
