// Turns parsed documents into rows ready to be written: hashes them, leaves out what the library already holds, chunks
// the rest, and names the passages that need a vector.

import { hash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import { type Chunk, chunkDocument, openSigner, passageHash, passageOf, pipelineVersion } from "../documents/index.js";
import type { Tokenizer } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import type { ParsedDocument } from "../readers/index.js";
import {
  type ChunkWrite,
  checkOwnId,
  chunkKeyRange,
  type DocumentWrite,
  type Generation,
  metadataFields,
  tenantOfId,
  unscopedId,
} from "../store/index.js";

/** A parsed document with what its origin knows of it. */
export type IncomingDocument = ParsedDocument & {
  id: string;
  /** Path to show and to filter by; forward slashes. */
  path: string | null;
  /** Absolute path of the file it came from. */
  file: string | null;
  modifiedAtMs: number | null;
  /** How it is kept fresh; undefined: by the rules. */
  staleness?: string | undefined;
};

export type PreparedDocument = {
  write: DocumentWrite;
  /** Passages to embed; the chunks' `vector` counts from the first of these. */
  passages: string[];
};

export type PrepareOptions = {
  force: boolean;
  /** Sequence of the job that brings the document; null: none. */
  job: number | null;
  /** Whose it is: its id must be scoped so. Default: whose the id says. */
  tenant?: string;
  /** Prepares also what is stored just so: for another index than the one that holds it. Chunks that this one has are kept. */
  again?: boolean;
};

export type Preparer = {
  /**
   * The document as rows; "unchanged" when the library holds just this content already, which `force` disregards;
   * "settled" when that is so because an earlier try of `job` wrote it; "superseded" when a later job than `job` wrote the
   * one that is stored.
   */
  prepare(
    document: IncomingDocument,
    options: PrepareOptions,
  ): PreparedDocument | "unchanged" | "settled" | "superseded";
};

const MAX_ID_BYTES = 1024;
/** Of the hash of its text, so many are stored. */
export const TEXT_HASH_BYTES = 16;

export function openPreparer(db: Database, generation: Generation, tokenizer: Tokenizer): Preparer {
  const known = db.prepare<[string], { key: number; content_hash: Buffer; pipeline: string; job: number }>(
    "SELECT key, content_hash, pipeline, job FROM documents WHERE id = ?",
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
  const sign = openSigner();

  return {
    prepare(document, { force, job, again = false, tenant = tenantOfId(document.id) }) {
      checkId(document.id, tenant);
      const metadata = JSON.stringify(document.metadata);
      const textHash = hashOfText(document.text);
      const contentHash = hashContent(document, metadata, textHash);
      const stored = known.get(document.id);
      if (stored !== undefined && job !== null && stored.job > job) return "superseded";
      const isSame = stored?.pipeline === pipelineVersion && stored.content_hash.equals(contentHash);
      if (isSame && !again) {
        if (stored.job === job) return "settled";
        if (!force) return "unchanged";
      }

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
        const passageId = passageHash(passage);
        const key = Buffer.from(passageId).toString("hex");
        const left = reusable.get(key) ?? 0;
        if (left > 0) {
          reusable.set(key, left - 1);
          return { ...chunkFields(chunk), passageHash: passageId, vector: null };
        }
        let vector = vectorOfPassage.get(key);
        if (vector === undefined) {
          vector = passages.push(passage) - 1;
          vectorOfPassage.set(key, vector);
        }
        return { ...chunkFields(chunk), passageHash: passageId, vector };
      });
      const signature = sign(document.text);
      return {
        passages,
        write: {
          id: document.id,
          job,
          title: document.title,
          mediaType: document.mediaType,
          path: document.path,
          file: document.file,
          metadata,
          fields: metadataFields(document.metadata),
          contentHash,
          modifiedAtMs: document.modifiedAtMs,
          staleness: document.staleness ?? null,
          textHash: textHash.subarray(0, TEXT_HASH_BYTES),
          signature: signature === undefined ? null : new Uint8Array(signature.buffer),
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

/** What tells a text from others: the same under every id and title. */
export function hashOfText(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function hashContent(
  { mediaType, title, staleness = "" }: { mediaType: string; title: string; staleness?: string | undefined },
  metadata: string,
  textHash: Buffer,
): Buffer {
  const facts = [mediaType, title, staleness, metadata].map((part) => `${part.length}:${part}`).join("");
  return hash("sha256", facts + textHash.toString("hex"), "buffer");
}

/** Throws INVALID_INPUT for an id that no document of the tenant can have. */
export function checkId(scoped: string, tenant: string): void {
  const id = tenant === "" ? scoped : unscopedId(scoped);
  checkOwnId(id);
  const bytes = Buffer.byteLength(id);
  if (id.trim() !== "" && bytes <= MAX_ID_BYTES) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    id.trim() === ""
      ? "A document's id must not be empty."
      : `A document's id has at most ${MAX_ID_BYTES} bytes; this one has ${bytes} ("${id.slice(0, 60)}..."). Shorten it.`,
  );
}
