// Counts for the page's filters and for `status`: documents by folder and by type, and the size of the library.

import type { Database } from "better-sqlite3";
import { chunkKeyRange } from "./chunk-key.js";
import { activeGeneration } from "./generation.js";

export type FacetCount = { value: string; count: number };
export type Facets = { folders: FacetCount[]; types: FacetCount[] };
export type LibraryCounts = { documents: number; chunks: number; tokens: number; characters: number };

/** A tenant's documents by folder (each with everything below it) and by media type, most frequent first. */
export function countFacets(db: Database, tenant: string, limit = 2000): Facets {
  const folders = new Map<string, number>();
  const paths = db
    .prepare<[string], string>("SELECT path FROM documents WHERE tenant = ? AND path IS NOT NULL")
    .pluck();
  for (const path of paths.iterate(tenant)) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
  }
  return {
    folders: [...folders]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, limit),
    types: db
      .prepare<[string, number], FacetCount>(
        `SELECT media_type AS value, count(*) AS count FROM documents WHERE tenant = ?
         GROUP BY media_type ORDER BY count DESC, value LIMIT ?`,
      )
      .all(tenant, limit),
  };
}

/** Chunks and tokens are those of the generation that answers queries. */
export function countLibrary(db: Database): LibraryCounts {
  const documents = db.prepare<[], number>("SELECT count(*) FROM documents").pluck().get()!;
  const { first, last } = chunkKeyRange(activeGeneration(db)?.id ?? 0);
  const chunks = db
    .prepare<[number, number], { chunks: number; tokens: number }>(
      "SELECT count(*) AS chunks, coalesce(sum(tokens), 0) AS tokens FROM chunks WHERE key BETWEEN ? AND ?",
    )
    .get(first, last)!;
  const characters = db.prepare<[], number>("SELECT coalesce(sum(characters), 0) FROM document_texts").pluck().get()!;
  return { documents, ...chunks, characters };
}
