// The evaluation collections as the lexical index sees them: passages, and which document each is of.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { chunkDocument, passageOf } from "../src/documents/index.js";
import { openCatalogue, openTokenizer } from "../src/encoders/index.js";
import { type BeirCollection, measureOf, openBeirCollection, summariseRun } from "../src/evaluation/index.js";
import { type Analyser, ImpactIndex, TextBatch } from "../src/lexical/index.js";
import { packageRoot } from "../src/package-root.js";
import { parseDocument } from "../src/readers/index.js";

export type LexicalCollection = {
  name: string;
  collection: BeirCollection;
  passages: string[];
  /** Measures of a ranking of rows for each query; nDCG@10 and Recall@100. */
  judge(rank: (query: string) => ArrayLike<number>): ReturnType<typeof summariseRun>;
};

const evaluation = join(packageRoot, "..", "shared", "data", "eval");
const measures = ["ndcg@10", "recall@100"].map(measureOf);
const chunking = { maxTokens: 256, overlapTokens: 32 };

/** How many rows a ranking is to have. */
export const DEPTH = 200;

/** Those that lie beside the project. */
export async function* lexicalCollections(): AsyncGenerator<LexicalCollection> {
  const names = existsSync(evaluation)
    ? readdirSync(evaluation).filter((name) => existsSync(join(evaluation, name, "queries.jsonl")))
    : [];
  for (const name of names) yield open(name, await openBeirCollection(join(evaluation, name)));
}

async function open(name: string, collection: BeirCollection): Promise<LexicalCollection> {
  const documents: string[] = [];
  const documentOf: number[] = [];
  const passages: string[] = [];
  const tokenizer = await openTokenizer(openCatalogue([join(packageRoot, "models")]).find("bi-encoder"));
  const options = { ...chunking, additive: tokenizer.additive };
  for await (const { id, title, text } of collection.documents()) {
    const document = documents.push(id) - 1;
    const parsed = parseDocument(text, "text/plain", title);
    for (const chunk of chunkDocument(id, parsed, options, (part) => tokenizer.count(part))) {
      documentOf.push(document);
      passages.push(passageOf(title, chunk.headingPath, chunk.text));
    }
  }
  return {
    name,
    collection,
    passages,
    judge(rank) {
      const run = new Map(
        collection.queries.map(({ id, text }) => {
          const ranked = [...new Set(Array.from(rank(text), (row) => documents[documentOf[row]!]!))];
          return [id, ranked.slice(0, 100)];
        }),
      );
      return summariseRun(run, collection.qrels, measures);
    },
  };
}

export function indexOf(analyser: Analyser, passages: readonly string[]): ImpactIndex {
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  const batch = new TextBatch(analyser, 0);
  for (const passage of passages) batch.add(passage);
  index.add(batch.finish());
  return index;
}
