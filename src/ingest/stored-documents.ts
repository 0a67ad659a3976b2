// Documents as they are stored, to be prepared anew: from their texts and outlines, never from where they came from.

import { inflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { Heading, Metadata, TextRange } from "../documents/index.js";
import type { ParsedDocument } from "../readers/index.js";
import type { IncomingDocument } from "./prepare.js";

export type StoredSource = {
  key: number;
  document: IncomingDocument;
  /** Sequence of the job that wrote it. */
  job: number;
  contentHash: Uint8Array;
};

export type StoredDocuments = {
  find(id: string): StoredSource | undefined;
  /** Sequence of the job that wrote the document last. */
  jobOf(id: string): number | undefined;
};

type Row = {
  key: number;
  title: string;
  mediaType: ParsedDocument["mediaType"];
  path: string | null;
  file: string | null;
  metadata: string;
  modifiedAtMs: number | null;
  staleness: string | null;
  job: number;
  contentHash: Buffer;
  outline: string;
  deflated: Buffer;
};

export function openStoredDocuments(db: Database): StoredDocuments {
  const select = db.prepare<[string], Row>(
    `SELECT d.key, d.title, d.media_type AS mediaType, d.path, f.path AS file, d.metadata, d.modified_at_ms AS modifiedAtMs,
       d.staleness, d.job, d.content_hash AS contentHash, t.outline, t.deflated
     FROM documents d JOIN document_texts t ON t.document_key = d.key LEFT JOIN files f ON f.key = d.file_key
     WHERE d.id = ?`,
  );
  const jobOf = db.prepare<[string], number>("SELECT job FROM documents WHERE id = ?").pluck();
  return {
    jobOf: (id) => jobOf.get(id),
    find(id) {
      const row = select.get(id);
      if (row === undefined) return undefined;
      const { key, job, contentHash, metadata, outline, deflated, staleness, ...facts } = row;
      const document: IncomingDocument = {
        id,
        ...facts,
        text: inflateRawSync(deflated).toString("utf8"),
        ...(JSON.parse(outline) as { headings: Heading[]; codeBlocks: TextRange[] }),
        metadata: JSON.parse(metadata) as Metadata,
        ...(staleness === null ? {} : { staleness }),
      };
      return { key, document, job, contentHash };
    },
  };
}
