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
  const asked = new Set(items.map(({ document }) => document));
  const phrases = sources.flatMap(({ id, text }) => {
    const query = asked.has(id) ? undefined : phraseOf(text, random);
    return query === undefined ? [] : [{ document: id, text: query }];
  });
  return [...items, ...phrases]
    .slice(0, count)
    .map(({ document, text }) => ({ tenant: tenantOfId(document), id: unscopedId(document), query: text }));
}

const PHRASE_WORDS = 5;

/** Some words that follow each other in a text, short ones left out: for documents without titles, headings and questions. */
function phraseOf(text: string, random: () => number): string | undefined {
  const sentences = text.split(/(?<=[.!?])\s+/).map((sentence) => sentence.match(/[\p{L}\p{N}-]{4,}/gu) ?? []);
  const long = sentences.filter((words) => words.length >= PHRASE_WORDS);
  const words = long[Math.floor(random() * long.length)];
  if (words === undefined) return undefined;
  const start = Math.floor(random() * (words.length - PHRASE_WORDS + 1));
  return words.slice(start, start + PHRASE_WORDS).join(" ");
}
