// Recall and latency of every way to search vectors, in one run, against the exact scan.
//
//   node dist/bench/vectors.js                                    real passages, embedded by the bundled model
//   node dist/bench/vectors.js --rows 1000000 --dimensions 384    synthetic vectors (see makeSynthetic)
//
// Passages are paragraphs found on this machine and windows of 30 words of them; queries are the questions of the evaluation
// collections where they are there, otherwise windows that are not in the index.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBiEncoder, openCatalogue } from "../src/encoders/index.js";
import { packageRoot } from "../src/package-root.js";
import { openVectorIndex, RowBitmap, type SearchOptions, type SearchResult } from "../src/vectors/index.js";
import { collectParagraphs, mulberry32 } from "./corpus.js";

type VectorSet = { label: string; dimensions: number; rows: Float32Array; queries: Float32Array };

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    dimensions: { type: "string" },
    queries: { type: "string", default: "300" },
  },
});
const rowCount = Number(flags.rows);
const queryCount = Number(flags.queries);
const evaluation = join(packageRoot, "..", "shared", "data", "eval");

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

async function embedPassages(): Promise<VectorSet> {
  const random = mulberry32(1);
  const paragraphs = shuffled(collectParagraphs(), random);
  const windows: string[] = [];
  for (const paragraph of paragraphs) {
    const words = paragraph.split(" ");
    for (let i = 0; i + 12 <= words.length; i += 12) windows.push(words.slice(i, i + 30).join(" "));
  }
  const passages = [...paragraphs, ...shuffled(windows, random)];
  const questions: string[] = [];
  for (const name of existsSync(evaluation) ? readdirSync(evaluation) : []) {
    const file = join(evaluation, name, "queries.jsonl");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    questions.push(...lines.map((line) => (JSON.parse(line) as { text: string }).text));
  }
  const asked = questions.length > 0 ? shuffled(questions, random) : passages.slice(rowCount);
  const encoder = await openBiEncoder(openCatalogue([join(packageRoot, "models")]).find("bi-encoder"));
  const embed = async (texts: string[], kind: "query" | "passage") => {
    const vectors = new Float32Array(texts.length * encoder.dimensions);
    for (let i = 0; i < texts.length; i += 256) {
      vectors.set((await encoder.embed(texts.slice(i, i + 256), kind)).vectors, i * encoder.dimensions);
    }
    return vectors;
  };
  const rows = await embed(passages.slice(0, rowCount), "passage");
  const queries = await embed(asked.slice(0, queryCount), "query");
  const { dimensions } = encoder;
  await encoder.close();
  const label = `real: passages by ${encoder.model.manifest.name}, ${questions.length > 0 ? "questions" : "passages"} as queries`;
  return { label, dimensions, rows, queries };
}

/** Unit vectors around 1,000 centres and a common mean, with a spectrum that falls as 1 / sqrt(i + 8). */
function makeSynthetic(dimensions: number): VectorSet {
  const random = mulberry32(2);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  // A long table of normal numbers, read from anywhere: drawing each anew would take minutes.
  const table = Float32Array.from({ length: 1 << 21 }, normal);
  const draw = (count: number) => {
    const vectors = new Float32Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      const centre = Math.floor(random() * 1000) * 997;
      const noise = Math.floor(random() * (table.length - dimensions));
      let squares = 0;
      const start = row * dimensions;
      for (let i = 0; i < dimensions; i++) {
        const value = (1 + table[centre + i]! + table[noise + i]!) / Math.sqrt(i + 8);
        vectors[start + i] = value;
        squares += value * value;
      }
      const scale = 1 / Math.sqrt(squares);
      for (let i = 0; i < dimensions; i++) vectors[start + i]! *= scale;
    }
    return vectors;
  };
  return { label: "synthetic: 1,000 clusters", dimensions, rows: draw(rowCount), queries: draw(queryCount) };
}

const { label, dimensions, rows, queries } = flags.dimensions
  ? makeSynthetic(Number(flags.dimensions))
  : await embedPassages();
const count = rows.length / dimensions;
const index = await openVectorIndex({ dimensions });
const start = performance.now();
await index.add(
  Uint32Array.from({ length: count }, (_, row) => row),
  rows,
);
const addedMs = performance.now() - start;
await index.settle();
const settledMs = performance.now() - start;
const { codes, bytes } = await index.status();
console.log(`${count} x ${dimensions}, ${label}`);
console.log(
  `added in ${addedMs.toFixed(0)} ms, codes made and measured after ${settledMs.toFixed(0)} ms; vectors ${bytes} bytes`,
);
console.log(JSON.stringify(codes));

async function measure(name: string, options: SearchOptions, truth: Set<number>[]): Promise<void> {
  const answers: SearchResult[] = [];
  for (const [i] of truth.entries()) {
    answers.push(await index.search(queries.subarray(i * dimensions, (i + 1) * dimensions), options));
  }
  const ms = answers.map((answer) => answer.ms).sort((a, b) => a - b);
  const at = (share: number) => ms[Math.floor(share * ms.length)]!.toFixed(2);
  const found = answers.flatMap(({ rows }, i) => [...rows].filter((row) => truth[i]!.has(row))).length;
  const recall = (found / truth.reduce((sum, { size }) => sum + size, 0)).toFixed(4);
  const { kind, ...parameters } = answers[0]!.plan;
  const plan = `${kind} ${Object.values(parameters).join(" ")}`.trim();
  console.log(`| ${name} | ${plan} | ${recall} | ${at(0.1)} | ${at(0.5)} | ${at(0.95)} |`);
}

async function truthOf(options: SearchOptions): Promise<Set<number>[]> {
  return (await index.searchMany(queries, { ...options, plan: "exact" })).map(({ rows }) => new Set(rows));
}

console.log("\n| asked for | plan | recall | p10 ms | p50 ms | p95 ms |\n|---|---|---|---|---|---|");
const k = 10;
const everything = await truthOf({ k });
await measure("exact", { k, plan: "exact" }, everything);
for (const oversampling of [3, 5, 10, 20]) {
  await measure(`${oversampling}x`, { k, plan: "prefilter", oversampling }, everything);
}
for (const recall of [0.95, 0.98, 0.99, 0.995]) await measure(`recall ${recall}`, { k, recall }, everything);
for (const k of [1, 100, 200]) await measure(`recall 0.99 at ${k}`, { k }, await truthOf({ k }));
const random = mulberry32(3);
for (const share of [0.001, 0.01, 0.1, 0.5]) {
  const allow = new RowBitmap(count);
  for (let row = 0; row < count; row++) if (random() < share) allow.add(row);
  await measure(`filter ${share * 100} %`, { k, allow }, await truthOf({ k, allow }));
}
await index.remove(Uint32Array.from({ length: Math.floor(count * 0.3) }, (_, i) => Math.floor(i / 0.3)));
await measure("30 % removed", { k }, await truthOf({ k }));
await index.close();
