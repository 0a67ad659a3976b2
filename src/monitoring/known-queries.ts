// Queries that are known to have an answer, made from the library's own documents, for finding out what scores mean here.

import { type KnownItemSource, makeKnownItems } from "../evaluation/index.js";
import { type Reader, tenantOfId, unscopedId } from "../store/index.js";

/** `id`: as its tenant knows it. */
export type KnownQuery = { tenant: string; id: string; query: string };

/** Documents that are read for one query. */
const READ_PER_QUERY = 2;

export function knownQueries(reader: Reader, count: number, random: () => number): KnownQuery[] {
  const rows = reader.quality.drawRows(count * READ_PER_QUERY, random);
  const ids = reader.quality.idsOf([...new Set(reader.quality.documentKeys(rows))]);
  const sources = ids.flatMap((id): KnownItemSource[] => {
    const document = reader.document(id);
    return document ? [{ ...document, id }] : [];
  });
  const { items } = makeKnownItems(sources, { maxPerDocument: 1, maxQueries: count });
  return items.map(({ document, text }) => ({ tenant: tenantOfId(document), id: unscopedId(document), query: text }));
}
