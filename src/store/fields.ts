// How metadata values are stored for filtering: one row a value, text and numbers apart, so that 7 and "7" stay
// different and ranges over numbers and over texts both have an index.

import type { Metadata } from "../documents/index.js";

export type MetadataField = { field: string; text: string | null; number: number | null };
type Scalar = string | number | boolean;

/** The stored form of one value. Booleans are texts that no string can equal: normalised text has no control characters. */
export function storedValue(value: Scalar): { text: string | null; number: number | null } {
  if (typeof value === "number") return { text: null, number: value };
  return { text: typeof value === "boolean" ? `\u0001${value}` : value, number: null };
}

/** All values of a document's metadata; an array gives one row for each element. */
export function metadataFields(metadata: Metadata): MetadataField[] {
  return Object.entries(metadata).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value]).map((element) => ({ field, ...storedValue(element) })),
  );
}
