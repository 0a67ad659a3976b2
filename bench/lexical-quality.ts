// Rankings of the lexical index beside those of SQLite's FTS5, on the same passages of the evaluation collections.

import { comparePaired } from "../src/evaluation/index.js";
import { Analyser } from "../src/lexical/index.js";
import { queryTerms } from "../src/retrieval/query-terms.js";
import { openFts5Path } from "./fts5-path.js";
import { DEPTH, indexOf, lexicalCollections } from "./lexical-collections.js";

export async function compareQuality(): Promise<void> {
  console.log(
    "nDCG@10 and Recall@100 (p of nDCG against FTS5)\n\n| collection | FTS5, bm25() | lexical index |\n|---|---|---|",
  );
  const means: number[][] = [];
  const analyser = new Analyser();
  for await (const { name, passages, judge } of lexicalCollections()) {
    const fts5 = openFts5Path(":memory:");
    fts5.build(passages);
    const index = indexOf(analyser, passages);
    const results = [
      judge((query) => fts5.search(queryTerms(analyser, query), DEPTH)),
      judge((query) => index.search(queryTerms(analyser, query), { k: DEPTH }).rows),
    ];
    fts5.close();
    means.push(results.map(({ means }) => means["ndcg@10"]!));
    const baseline = results[0]!.values["ndcg@10"]!;
    const cells = results.map(({ means, values }, i) => {
      const p = i === 0 ? "" : ` (p ${comparePaired(baseline, values["ndcg@10"]!).pValue.toFixed(2)})`;
      return `${means["ndcg@10"]!.toFixed(4)} ${means["recall@100"]!.toFixed(4)}${p}`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  const mean = (column: number) => means.reduce((sum, row) => sum + row[column]!, 0) / means.length;
  console.log(`| mean | ${[0, 1].map((column) => mean(column).toFixed(4)).join(" | ")} |`);
}
