// npm run bench:reranking [-- --rounds 15] [-- --json]
// The cross-encoder under searches that come at once. First what it would save to let their passages share batches: the same pairs
// through one session, in batches of each search and in batches of all. Then 1, 4 and 16 callers that ask again as soon as they are
// answered, 16 and then 34 passages each as a search does; and short calls beside one that never stops asking for 400. The rival
// answers one call whole before the next, in the order in which they come. All take turns, and share this machine with its noise.

import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { planBatches } from "../src/encoders/batches.js";
import { openCatalogue, openCrossEncoder } from "../src/encoders/index.js";
import { openParts } from "../src/encoders/open-parts.js";
import type { Encoding } from "../src/encoders/tokenizer.js";
import { packageRoot } from "../src/package-root.js";
import { splitmix32 } from "../src/splitmix32.js";
import { collectParagraphs } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" }, json: { type: "boolean" } } });
const rounds = Number(values.rounds);
const searchesOfRound = 64;
const batchTokens = 1024;

const figures = new Figures();
const model = openCatalogue([join(packageRoot, "models")]).find("cross-encoder");
const bits = splitmix32(7);
const drawn = collectParagraphs()
  .map((text) => ({ text, at: bits.next() }))
  .sort((a, b) => a.at - b.at);
const paragraphs = drawn.map(({ text }) => text);
const beginnings = paragraphs.map((text) => text.split(" ", 20).join(" "));
const queries = paragraphs.slice(0, 300).map((text) => text.split(" ", 8).join(" "));
console.error(`${paragraphs.length} paragraphs of 15 to 200 words; ${cpus().length} x ${cpus()[0]?.model}`);

const queryOf = (search: number) => queries[search % queries.length]!;
const passagesOf = (texts: readonly string[], search: number, count: number) =>
  Array.from({ length: count }, (_, n) => texts[(search * 50 + n) % texts.length]!);
const at = (numbers: number[], share: number) =>
  numbers.sort((a, b) => a - b)[Math.max(0, Math.ceil(share * numbers.length) - 1)]!;

for (const [what, texts] of [
  ["paragraphs", paragraphs],
  ["20 words", beginnings],
] as const) {
  const { session, tokenizer } = await openParts(model, 1);
  const output = session.outputs[0]!;
  const limits = { maxTokens: model.manifest.maxTokens, maxFirstTokens: 64, maxSecondTokens: 256 };
  const compute = async (inputs: readonly Encoding[]) => {
    const plan = planBatches(
      inputs.map(({ ids }) => ids.length),
      { maxTokens: batchTokens, maxRows: 64 },
    );
    const start = performance.now();
    for (const batch of plan)
      await session.run(
        batch.map((index) => inputs[index]!),
        output,
      );
    return performance.now() - start;
  };
  for (const together of [4, 16]) {
    const own: number[] = [];
    const shared: number[] = [];
    for (let round = 0; round < rounds * 4; round++) {
      const searches = Array.from({ length: together }, (_, n) => {
        const search = round * together + n;
        return passagesOf(texts, search, 34).map((passage) => tokenizer.encodePair(queryOf(search), passage, limits));
      });
      let ms = 0;
      for (const inputs of searches) ms += await compute(inputs);
      own.push(ms);
      shared.push(await compute(searches.flat()));
    }
    const name = `${together} searches, 34 passages of ${what} each`;
    figures.note(`${name}: batches of their own`, at(own, 0.5) / together, "ms a search");
    figures.note(`${name}: shared, against that`, at(shared, 0.5) / at(own, 0.5), "x");
  }
  await session.close();
}

type Score = (query: string, passages: readonly string[]) => Promise<unknown>;
type Side = { name: string; score: Score; latenciesMs: number[]; roundMs: number[] };

const encoder = await openCrossEncoder(model, { threads: 1 });
let last: Promise<unknown> = Promise.resolve();
const oneByOne: Score = (query, passages) => {
  last = last.then(() => encoder.score(query, passages));
  return last;
};
const sides = (): Side[] =>
  [
    { name: "whole calls in order", score: oneByOne },
    { name: "short calls first", score: encoder.score as Score },
  ].map((side) => ({ ...side, latenciesMs: [], roundMs: [] }));

async function search(score: Score, number: number): Promise<void> {
  const passages = passagesOf(paragraphs, number, 50);
  await score(queryOf(number), passages.slice(0, 16));
  await score(queryOf(number), passages.slice(16));
}

async function timeCallers({ score, latenciesMs, roundMs }: Side, callers: number, round: number): Promise<void> {
  let next = 0;
  const started = performance.now();
  const caller = async () => {
    while (next < searchesOfRound) {
      const start = performance.now();
      await search(score, round * searchesOfRound + next++);
      latenciesMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  roundMs.push(performance.now() - started);
}

for (const callers of [1, 4, 16]) {
  const both = sides();
  for (let round = 0; round < rounds; round++) for (const side of both) await timeCallers(side, callers, round);
  for (const { name, latenciesMs, roundMs } of both) {
    const label = `${callers} caller${callers === 1 ? "" : "s"}, ${name}`;
    figures.note(`${label}`, (searchesOfRound / at(roundMs, 0.5)) * 1000, "searches/s");
    figures.note(`${label}, p50`, at(latenciesMs, 0.5), "ms");
    figures.note(`${label}, p99`, at(latenciesMs, 0.99), "ms");
  }
}

const beside = sides();
for (let round = 0; round < rounds; round++) {
  for (const { score, latenciesMs } of beside) {
    let isOver = false;
    const long = (async () => {
      while (!isOver) await score(queryOf(round), passagesOf(paragraphs, round, 400));
    })();
    for (let n = 0; n < 8; n++) {
      const start = performance.now();
      await score(queryOf(n), passagesOf(paragraphs, n, 16));
      latenciesMs.push(performance.now() - start);
    }
    isOver = true;
    await long;
  }
}
for (const { name, latenciesMs } of beside) {
  figures.note(`16 passages beside calls of 400, ${name}, p50`, at(latenciesMs, 0.5), "ms");
  figures.note(`16 passages beside calls of 400, ${name}, p99`, at(latenciesMs, 0.99), "ms");
}
await encoder.close();

if (values.json) figures.printJson();
