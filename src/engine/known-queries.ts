// Queries whose answer is known because they were made of it: titles, headings and questions of the library's documents.

import { makeKnownItems } from "../evaluation/index.js";
import type { Engine } from "./engine-verbs.js";
import type { JudgedQuery } from "./judged-query.js";

const PAGE = 1000;
const MOST_DOCUMENTS = 2000;
const MOST_QUERIES = 200;

/** Of a large library some documents serve, spread over all. */
export async function knownQueries(
  documents: Pick<Engine, "list" | "get">,
  signal: AbortSignal | undefined,
): Promise<JudgedQuery[]> {
  const ids: string[] = [];
  for (let page = PAGE; page === PAGE; ) {
    signal?.throwIfAborted();
    const listed = (await documents.list({ offset: ids.length, limit: PAGE })).documents;
    ids.push(...listed.map(({ id }) => id));
    page = listed.length;
  }
  const step = Math.max(1, ids.length / MOST_DOCUMENTS);
  const sources: Parameters<typeof makeKnownItems>[0][number][] = [];
  for (let at = 0; at < ids.length; at += step) {
    signal?.throwIfAborted();
    const document = await documents.get(ids[Math.floor(at)]!);
    if (document) sources.push(document);
  }
  const { items } = makeKnownItems(sources, { maxQueries: MOST_QUERIES });
  return items.map(({ text, document }) => ({ text, judgements: { [document]: 1 } }));
}
