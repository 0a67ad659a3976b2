// Queries whose answer is known because they were made of it: titles, headings and questions of the library's documents.

import { makeKnownItems } from "../evaluation/index.js";
import type { Engine } from "./engine-verbs.js";
import type { JudgedQuery } from "./judged-query.js";

const PAGE = 1000;
const MOST_QUERIES = 200;

export async function knownQueries(
  documents: Pick<Engine, "list" | "get">,
  signal: AbortSignal | undefined,
): Promise<JudgedQuery[]> {
  const sources: Parameters<typeof makeKnownItems>[0][number][] = [];
  for (let offset = 0; ; offset += PAGE) {
    const page = await documents.list({ offset, limit: PAGE });
    for (const { id } of page.documents) {
      signal?.throwIfAborted();
      const document = await documents.get(id);
      if (document) sources.push(document);
    }
    if (page.documents.length < PAGE) break;
  }
  const { items } = makeKnownItems(sources, { maxQueries: MOST_QUERIES });
  return items.map(({ text, document }) => ({ text, judgements: { [document]: 1 } }));
}
