// Titles that begin with what somebody is typing, by an index of their own.

import type { Database } from "better-sqlite3";
import { distinctBeginning } from "./distinct-beginning.js";

/** Case of ASCII letters does not count. */
export const TITLE_INDEX = `
  CREATE INDEX documents_title ON documents (tenant, title COLLATE NOCASE);
`;

/** Titles of a tenant's documents that begin with `prefix`, each once, in their order. */
export function titlesBeginning(db: Database, tenant: string, prefix: string, limit: number): string[] {
  return distinctBeginning(db, { table: "documents", column: "title", tenant, prefix, limit });
}
