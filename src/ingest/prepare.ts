// Turns parsed documents into rows ready to be written: hashes them, leaves out what the library already holds, chunks
// the rest, and names the passages that need a vector.

import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import {
  type Chunk,
  chunkDocument,
  type Metadata,
  type ParsedDocument,
  passageHash,
  passageOf,
  pipelineVersion,
} from "../documents/index.js";
import type { Tokenizer } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import { type ChunkWrite, chunkKeyRange, type DocumentWrite, type Generation, metadataFields } from "../store/index.js";

/** A parsed document with what its origin knows of it. */
export type IncomingDocument = ParsedDocument & {
  id: string;
  /** Path to show and to filter by; forward slashes. */
  path: string | null;
  /** Absolute path of the file it came from. */
  file: string | null;
  modifiedAtMs: number | null;
};

export type PreparedDocument = {
  write: DocumentWrite;
  /** Passages to embed; the chunks' `vector` counts from the first of these. */
  passages: string[];
};

export type Preparer = {
  /** The document as rows, or undefined when the library holds just this content already. With `force` it is always prepared in full. */
  prepare(document: IncomingDocument, options: { force: boolean }): PreparedDocument | undefined;
};

const MAX_ID_BYTES = 1024;

export function openPreparer(db: Database, generation: Generation, tokenizer: Tokenizer): Preparer {
  const known = db.prepare<[string], { key: number; content_hash: Buffer; pipeline: string }>(
    "SELECT key, content_hash, pipeline FROM documents WHERE id = ?",
  );
  const range = chunkKeyRange(generation.id);
  const storedHashes = db
    .prepare<[number, number, number], Buffer>(
      "SELECT passage_hash FROM chunks WHERE document_key = ? AND key BETWEEN ? AND ?",
    )
    .pluck();
  const chunking = {
    maxTokens: generation.maxTokens,
    overlapTokens: generation.overlapTokens,
    additive: tokenizer.additive,
  };

  return {
    prepare(document, { force }) {
      checkId(document.id);
      const metadata = JSON.stringify(document.metadata);
      const contentHash = hashContent(document, metadata);
      const stored = known.get(document.id);
      if (!force && stored?.pipeline === pipelineVersion && stored.content_hash.equals(contentHash)) return undefined;

      const reusable = new Map<string, number>();
      if (stored !== undefined && !force) {
        for (const hash of storedHashes.iterate(stored.key, range.first, range.last)) {
          const key = hash.toString("hex");
          reusable.set(key, (reusable.get(key) ?? 0) + 1);
        }
      }
      const passages: string[] = [];
      const vectorOfPassage = new Map<string, number>();
      const chunks = chunkDocument(document.id, document, chunking, (text) => tokenizer.count(text));
      const chunkWrites = chunks.map((chunk): ChunkWrite => {
        const passage = passageOf(document.title, chunk.headingPath, chunk.text);
        const hash = passageHash(passage);
        const key = Buffer.from(hash).toString("hex");
        const left = reusable.get(key) ?? 0;
        if (left > 0) {
          reusable.set(key, left - 1);
          return { ...chunkFields(chunk), passageHash: hash, vector: null };
        }
        let vector = vectorOfPassage.get(key);
        if (vector === undefined) {
          vector = passages.push(passage) - 1;
          vectorOfPassage.set(key, vector);
        }
        return { ...chunkFields(chunk), passageHash: hash, vector };
      });
      return {
        passages,
        write: {
          id: document.id,
          title: document.title,
          mediaType: document.mediaType,
          path: document.path,
          file: document.file,
          metadata,
          fields: metadataFields(document.metadata),
          contentHash,
          modifiedAtMs: document.modifiedAtMs,
          characters: document.text.length,
          outline: JSON.stringify({ headings: document.headings, codeBlocks: document.codeBlocks }),
          deflatedText: deflateRawSync(document.text, { level: 1 }),
          chunks: chunkWrites,
        },
      };
    },
  };
}

function chunkFields({ id, index, start, end, tokens, headingPath, text }: Chunk) {
  return { id, index, start, end, tokens, headingPath, text };
}

function hashContent(
  document: { title: string; text: string; mediaType: string; metadata: Metadata },
  metadata: string,
) {
  const hash = createHash("sha256");
  for (const part of [document.mediaType, document.title, metadata, document.text]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest();
}

function checkId(id: string): void {
  const bytes = Buffer.byteLength(id);
  if (id.trim() !== "" && bytes <= MAX_ID_BYTES) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    id.trim() === ""
      ? "A document's id must not be empty."
      : `A document's id has at most ${MAX_ID_BYTES} bytes; this one has ${bytes} ("${id.slice(0, 60)}..."). Shorten it.`,
  );
}
