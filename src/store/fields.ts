// How metadata values are stored for filtering: one row a value, texts, numbers and booleans in columns of their own, so
// that 7, "7" and true stay different and ranges over numbers and over texts both have an index.

import type { Metadata, MetadataScalar } from "../documents/index.js";

export type StoredValue = { text: string | null; number: number | null; truth: number | null };

export type MetadataField = StoredValue & { field: string };

/** The stored form of one value. */
export function storedValue(value: MetadataScalar): StoredValue {
  return {
    text: typeof value === "string" ? value : null,
    number: typeof value === "number" ? value : null,
    truth: typeof value === "boolean" ? Number(value) : null,
  };
}

/** All values of a document's metadata; an array gives one row for each element. */
export function metadataFields(metadata: Metadata): MetadataField[] {
  return Object.entries(metadata).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value]).map((element) => ({ field, ...storedValue(element) })),
  );
}
