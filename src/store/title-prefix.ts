// Titles that begin with what somebody is typing, by an index of their own.

import type { Database } from "better-sqlite3";

/** Case of ASCII letters does not count. */
export const TITLE_INDEX = `
  CREATE INDEX documents_title ON documents (tenant, title COLLATE NOCASE);
`;

// Above every character that a title can have after the prefix.
const LAST = "\u{10ffff}";

/** Titles of a tenant's documents that begin with `prefix`, each once, in their order. */
export function titlesBeginning(db: Database, tenant: string, prefix: string, limit: number): string[] {
  return db
    .prepare<[string, string, string, number], string>(
      `SELECT title FROM documents WHERE tenant = ? AND title >= ? COLLATE NOCASE AND title < ? COLLATE NOCASE
       GROUP BY title COLLATE NOCASE ORDER BY title COLLATE NOCASE LIMIT ?`,
    )
    .pluck()
    .all(tenant, prefix, prefix + LAST, limit);
}
