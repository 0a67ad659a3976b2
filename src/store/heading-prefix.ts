// Headings that begin with what somebody is typing, in a table of their own: what outlines say, by tenant and heading. Part of the
// schema's format 3.

import type { Database } from "better-sqlite3";
import { distinctBeginning } from "./distinct-beginning.js";

/** Longer ones are no headings that anybody would ask for; nor are those of a document behind its first thousand. */
const MOST_CHARACTERS = 200;
const MOST_OF_DOCUMENT = 1000;

/** Case of ASCII letters does not count. The tenant is the document's own, so that one lookup meets only its headings. */
const HEADING_SCHEMA = `
  CREATE TABLE document_headings (
    document_key  INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    tenant        TEXT NOT NULL,
    heading       TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (tenant, heading, document_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX document_headings_document ON document_headings (document_key);
`;

const INSERT = `
  INSERT OR IGNORE INTO document_headings (document_key, tenant, heading)
  SELECT d.key, d.tenant, trim(h.value ->> '$.title')
  FROM documents d JOIN document_texts t ON t.document_key = d.key, json_each(t.outline, '$.headings') h
  WHERE h.key < ${MOST_OF_DOCUMENT} AND length(trim(h.value ->> '$.title')) BETWEEN 1 AND ${MOST_CHARACTERS}`;

/** Makes the table, and fills it from the outlines that are stored. */
export function createHeadings(db: Database): void {
  db.exec(HEADING_SCHEMA);
  db.exec(INSERT);
}

/** Prepares what is to be run when the outline of a document, by its key, has been written. */
export function prepareHeadings(db: Database): (documentKey: number) => void {
  const clear = db.prepare<[number]>("DELETE FROM document_headings WHERE document_key = ?");
  const insert = db.prepare<[number]>(`${INSERT} AND d.key = ?`);
  return (documentKey) => {
    clear.run(documentKey);
    insert.run(documentKey);
  };
}

/**
 * Headings of a tenant's documents that begin with `prefix`, each once, in their order. None where the library is of a format that had
 * no table of them yet and is only read.
 */
export function headingsBeginning(db: Database, tenant: string, prefix: string, limit: number): string[] {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'document_headings'").get() !== undefined;
  return isThere ? distinctBeginning(db, { table: "document_headings", column: "heading", tenant, prefix, limit }) : [];
}
