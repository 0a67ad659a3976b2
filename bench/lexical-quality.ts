// Rankings of the impact index beside those of FTS5 with store/bm25.ts, on the same passages of the evaluation collections.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { chunkDocument, passageOf } from "../src/documents/index.js";
import { openCatalogue, openTokenizer } from "../src/encoders/index.js";
import {
  type BeirCollection,
  comparePaired,
  measureOf,
  openBeirCollection,
  summariseRun,
} from "../src/evaluation/index.js";
import { Analyser, ImpactIndex, type QueryTerm, TextBatch } from "../src/lexical/index.js";
import { packageRoot } from "../src/package-root.js";
import { parseDocument } from "../src/readers/index.js";
import { queryTerms } from "../src/retrieval/query-terms.js";
import { openFts5Path } from "./fts5-path.js";
import { lexicalQuery } from "./lexical-query.js";

const evaluation = join(packageRoot, "..", "shared", "data", "eval");
const measures = ["ndcg@10", "recall@100"].map(measureOf);
const DEPTH = 200;
const chunking = { maxTokens: 256, overlapTokens: 32 };

type Rank = (query: string) => Uint32Array;

export async function compareQuality(): Promise<void> {
  const names = existsSync(evaluation)
    ? readdirSync(evaluation).filter((name) => existsSync(join(evaluation, name, "queries.jsonl")))
    : [];
  console.log(
    `nDCG@10 and Recall@100 (p of nDCG against FTS5)\n\n| collection | FTS5 + bm25.ts | impact index, its query words | impact index, own query analysis |\n|---|---|---|---|`,
  );
  const means: number[][] = [];
  for (const name of names) {
    const collection = await openBeirCollection(join(evaluation, name));
    const results = await rankCollection(collection);
    means.push(results.map(({ means }) => means["ndcg@10"]!));
    const baseline = results[0]!.values["ndcg@10"]!;
    const cells = results.map(({ means, values }, i) => {
      const p = i === 0 ? "" : ` (p ${comparePaired(baseline, values["ndcg@10"]!).pValue.toFixed(2)})`;
      return `${means["ndcg@10"]!.toFixed(4)} ${means["recall@100"]!.toFixed(4)}${p}`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  const mean = (column: number) => means.reduce((sum, row) => sum + row[column]!, 0) / means.length;
  console.log(`| mean | ${[0, 1, 2].map((column) => mean(column).toFixed(4)).join(" | ")} |`);
}

async function rankCollection(collection: BeirCollection) {
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

  const fts5 = openFts5Path(":memory:");
  fts5.build(passages);
  const analyser = new Analyser();
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  const batch = new TextBatch(analyser, 0);
  for (const passage of passages) batch.add(passage);
  index.add(batch.finish());

  const sameWords = (query: string): QueryTerm[] =>
    queryTerms(query).flatMap(({ word, count }) => analyser.terms(word).map((term) => ({ term, weight: count })));
  const rankings: Rank[] = [
    (query) => fts5.search(queryTerms(query), DEPTH).rows,
    (query) => index.search(sameWords(query), { k: DEPTH }).rows,
    (query) => index.search(lexicalQuery(analyser, query), { k: DEPTH }).rows,
  ];
  const results = rankings.map((rank) => {
    const run = new Map(
      collection.queries.map(({ id, text }) => {
        const ranked = [...new Set(Array.from(rank(text), (row) => documents[documentOf[row]!]!))];
        return [id, ranked.slice(0, 100)];
      }),
    );
    return summariseRun(run, collection.qrels, measures);
  });
  fts5.close();
  return results;
}
