// The different texts of a column that begin with a prefix, by an index on tenant and column.

import type { Database } from "better-sqlite3";

// Above every character that a text can have after the prefix.
const LAST = "\u{10ffff}";

type Column = { table: "documents" | "document_headings"; column: "title" | "heading" };

/**
 * Each once, in their order; case of ASCII letters does not count. One step down the index for each text given out, however many rows
 * have the same: `limit` bounds the time.
 */
export function distinctBeginning(
  db: Database,
  { table, column, tenant, prefix, limit }: Column & { tenant: string; prefix: string; limit: number },
): string[] {
  const next = (comparison: ">=" | ">") =>
    db
      .prepare<[string, string, string], string>(
        `SELECT ${column} FROM ${table}
         WHERE tenant = ? AND ${column} ${comparison} ? COLLATE NOCASE AND ${column} < ? COLLATE NOCASE
         ORDER BY ${column} COLLATE NOCASE LIMIT 1`,
      )
      .pluck();
  const found: string[] = [];
  const after = next(">");
  let text = next(">=").get(tenant, prefix, prefix + LAST);
  while (text !== undefined && found.length < limit) {
    found.push(text);
    text = after.get(tenant, text, prefix + LAST);
  }
  return found;
}
