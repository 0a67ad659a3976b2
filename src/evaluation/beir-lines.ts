// Writes judged sets in BEIR layout, line by line, as beir.ts reads them. Ids may hold anything but tabs and line ends.

import { LodestoneError } from "../errors.js";
import type { BeirDocument, BeirQuery } from "./beir.js";
import type { Qrels } from "./summary.js";

export function* formatBeirCorpus(documents: Iterable<BeirDocument>): Generator<string> {
  for (const { id, title, text } of documents) yield `${JSON.stringify({ _id: id, title, text })}\n`;
}

export function* formatBeirQueries(queries: Iterable<BeirQuery>): Generator<string> {
  for (const { id, text } of queries) yield `${JSON.stringify({ _id: id, text })}\n`;
}

/** Throws INVALID_INPUT for an id that would break the columns. */
export function* formatBeirQrels(qrels: Qrels): Generator<string> {
  yield "query-id\tcorpus-id\tscore\n";
  for (const [queryId, judgements] of qrels) {
    for (const [documentId, grade] of judgements) {
      for (const id of [queryId, documentId]) {
        if (!/[\t\n\r]/.test(id)) continue;
        throw new LodestoneError(
          "INVALID_INPUT",
          `An id in qrels has no tab or line end in it; found ${JSON.stringify(id)}.`,
        );
      }
      yield `${queryId}\t${documentId}\t${grade}\n`;
    }
  }
}
