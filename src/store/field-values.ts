// Facets of a search: how many documents of a tenant, of those that meet a filter, have which values of a field.

import type { Database } from "better-sqlite3";
import type { FilterNode } from "../filters/index.js";
import { type Condition, conditionOf } from "./filter-sql.js";

export type ValueCount = { value: string | number | boolean; count: number };

/** The most frequent values of a field, equal ones in order; `others`: how many values more there are. */
export type ValueCounts = { field: string; values: ValueCount[]; others: number };

export type ValueCountsRequest = {
  tenant: string;
  /** "type", "folder" (each with everything below it) or a metadata field. A field of an array counts for each element. */
  fields: readonly string[];
  /** Default: all documents of the tenant. */
  filter?: FilterNode | undefined;
  /** Values of each field. */
  limit: number;
};

export function countValues(db: Database, { tenant, fields, filter, limit }: ValueCountsRequest): ValueCounts[] {
  const { sql, values } = filter ? conditionOf(filter) : { sql: "1", values: [] };
  const scope: Condition = { sql: `d.tenant = ? AND ${sql}`, values: [tenant, ...values] };
  return fields.map((field) => {
    const counts = countsOf(db, field, scope);
    return { field, values: counts.slice(0, limit), others: Math.max(0, counts.length - limit) };
  });
}

function countsOf(db: Database, field: string, scope: Condition): ValueCount[] {
  switch (field) {
    case "folder":
      return folders(db, scope);
    case "type":
      return db
        .prepare<unknown[], ValueCount>(
          `SELECT d.media_type AS value, count(*) AS count FROM documents d WHERE ${scope.sql}
           GROUP BY value ORDER BY count DESC, value`,
        )
        .all(...scope.values);
    default:
      return metadata(db, field, scope);
  }
}

function folders(db: Database, scope: Condition): ValueCount[] {
  const counts = new Map<string, number>();
  const paths = db
    .prepare<unknown[], string>(`SELECT d.path FROM documents d WHERE d.path IS NOT NULL AND ${scope.sql}`)
    .pluck();
  for (const path of paths.iterate(...scope.values)) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function metadata(db: Database, field: string, scope: Condition): ValueCount[] {
  const rows = db
    .prepare<unknown[], { text: string | null; number: number | null; truth: number | null; count: number }>(
      `SELECT f.text, f.number, f.truth, count(DISTINCT f.document_key) AS count
       FROM document_fields f JOIN documents d ON d.key = f.document_key
       WHERE f.field = ? AND ${scope.sql}
       GROUP BY f.text, f.number, f.truth ORDER BY count DESC, f.text, f.number, f.truth`,
    )
    .all(field, ...scope.values);
  return rows.map(({ text, number, truth, count }) => ({ value: text ?? number ?? truth === 1, count }));
}
