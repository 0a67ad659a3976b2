// What each means of retrieval does for the default search: nDCG@10 on collections in BEIR layout, p of the mean, milliseconds.
//
//   node dist/bench/retrieval.js LIBRARIES COLLECTION... [--only variant,...]
//
// LIBRARIES is a folder that `lodestone eval --library LIBRARIES COLLECTION...` has filled: one library for each collection.

import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { openEngine } from "../src/engine/index.js";
import { comparePaired, ndcgAt, openBeirCollection, percentile } from "../src/evaluation/index.js";
import type { SearchRequest } from "../src/retrieval/index.js";

const variants: Readonly<Record<string, Partial<SearchRequest>>> = {
  default: {},
  "no feedback": { feedback: false },
  "feedback rm3": { feedback: { method: "rm3" } },
  "feedback both": { feedback: { method: "both" } },
  "rocchio 1 passage": { feedback: { method: "rocchio", passages: 1 } },
  "rocchio 5 passages": { feedback: { method: "rocchio", passages: 5 } },
  "rocchio weight 0.25": { feedback: { method: "rocchio", weight: 0.25 } },
  "rocchio weight 1.5": { feedback: { method: "rocchio", weight: 1.5 } },
  "fusion rrf": { fusion: { method: "rrf", k: 60, denseWeight: 1 } },
  "no rerank": { rerank: false },
  "rerank 20": { rerank: { depth: 20 } },
  "rerank 100": { rerank: { depth: 100 } },
  "diversity 0.1": { diversity: 0.1 },
  "diversity 0.3": { diversity: 0.3 },
};

type Scores = { ndcg: number[]; ms: number[] };

const { positionals, values } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
const [libraries, ...folders] = positionals;
if (libraries === undefined || folders.length === 0) throw new Error("Expected LIBRARIES COLLECTION...");
const names = ["default", ...(values.only?.split(",") ?? Object.keys(variants)).filter((name) => name !== "default")];

const scores = new Map<string, Scores[]>(names.map((name) => [name, []]));
for (const folder of folders) {
  const { queries, qrels } = await openBeirCollection(folder);
  await using engine = await openEngine({ library: join(libraries, basename(folder)), readOnly: true });
  for (const name of names) {
    const result: Scores = { ndcg: [], ms: [] };
    for (const { id, text } of queries) {
      const limits = { embedMs: 60_000, rerankMs: 60_000 };
      const { hits, tookMs } = await engine.search({ query: text, limit: 10, limits, ...variants[name] });
      const ids = hits.map((hit) => hit.id);
      result.ndcg.push(ndcgAt(10, ids, qrels.get(id)!));
      result.ms.push(tookMs);
    }
    scores.get(name)!.push(result);
    console.error(`${basename(folder)}, ${name}: ${mean(result.ndcg).toFixed(4)}`);
  }
}

console.log(`| | ${folders.map((folder) => basename(folder)).join(" | ")} | mean | against default | p | p50 ms |`);
console.log(`|---${"|---:".repeat(folders.length + 4)}|`);
const standard = scores.get("default")!;
for (const [name, results] of scores) {
  const means = results.map(({ ndcg }) => mean(ndcg));
  const difference = mean(means) - mean(standard.map(({ ndcg }) => mean(ndcg)));
  const { pValue } = comparePaired(weighted(standard), weighted(results));
  const ms = percentile(
    results.flatMap((result) => result.ms),
    0.5,
  );
  const cells = [...means.map((x) => x.toFixed(3)), mean(means).toFixed(4)];
  const against =
    name === "default" ? ["", ""] : [`${difference < 0 ? "" : "+"}${difference.toFixed(4)}`, pValue.toFixed(3)];
  console.log(`| ${[name, ...cells, ...against, ms.toFixed(0)].join(" | ")} |`);
}

/** Scores whose sum is the mean over collections: the paired test is then one of that mean. */
function weighted(results: readonly Scores[]): number[] {
  return results.flatMap(({ ndcg }) => ndcg.map((score) => score / ndcg.length / results.length));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}
