// What the lexical index of a library would be made of at this moment.

import type { Database } from "better-sqlite3";
import { openLexicalRows } from "../../src/store/lexical-rows.js";

/** The passages of the live rows of a generation. */
export function storedPassages(db: Database, generation = 1): Map<number, string> {
  const rows = openLexicalRows(db, generation);
  return new Map(rows.passages(0, 1_000_000).map(({ row, passage }) => [row, passage]));
}

/** Rows with a passage in which a text occurs, ascending. */
export function rowsWith(db: Database, text: string, generation = 1): number[] {
  return [...storedPassages(db, generation)].flatMap(([row, passage]) => (passage.includes(text) ? [row] : []));
}
