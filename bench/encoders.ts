// npm run bench:encoders [-- --threads 1,2] [-- --batches] [-- --json]
// The bundled models on real words: how fast a text becomes tokens, from opening to the first answer, passages embedded
// a second, what a query waits for with and without a long ingest call before it, and reranking of 50 passages. The
// rival of the tokenizer is the library under it. --batches compares sizes of batches instead, each in turn, by its best
// round. Every figure is one run on this machine.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Tokenizer as Library } from "@huggingface/tokenizers";
import { openBiEncoder, openCatalogue, openCrossEncoder, openTokenizer } from "../src/encoders/index.js";
import { packageRoot } from "../src/package-root.js";
import { collectParagraphs } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: availableParallelism() > 1 ? `1,${availableParallelism()}` : "1" },
    batches: { type: "boolean" },
    json: { type: "boolean" },
  },
});

const figures = new Figures();
const note = figures.note.bind(figures);
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
const last = (numbers: number[], share: number) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length * share)] as number;
const timed = async <T>(work: () => T | Promise<T>): Promise<[T, number]> => {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
};

const catalogue = openCatalogue([join(packageRoot, "models")]);
const biModel = catalogue.find("bi-encoder");
const crossModel = catalogue.find("cross-encoder");
const paragraphs = collectParagraphs();
const words = paragraphs.join(" ").split(" ");
const passages: string[] = [];
for (let start = 0; start + 143 <= words.length && passages.length < 8000; start += 143) {
  passages.push(words.slice(start, start + 143).join(" "));
}
const queries = paragraphs.slice(0, 300).map((text) => text.split(" ").slice(0, 8).join(" "));
console.error(`${passages.length} passages of 143 words; ${cpus().length} x ${cpus()[0]?.model}`);

/** Opens one encoder for each size of batch, lets them work in turn and notes the best round of each. */
async function compareBatches<E extends { close(): Promise<void> }>(
  what: string,
  sizes: number[],
  open: (maxBatchTokens: number) => Promise<E>,
  work: (encoder: E, round: number) => Promise<unknown>,
): Promise<void> {
  const encoders = await Promise.all(sizes.map(open));
  const best = sizes.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 30; round++) {
    for (const [index, encoder] of encoders.entries()) {
      const [, ms] = await timed(() => work(encoder, round));
      best[index] = Math.min(best[index] as number, ms);
    }
  }
  for (const [index, size] of sizes.entries()) note(`${what}, batches of ${size} tokens`, best[index] as number, "ms");
  await Promise.all(encoders.map((encoder) => encoder.close()));
}

if (values.batches) {
  for (const threads of values.threads.split(",").map(Number)) {
    await compareBatches(
      `${threads} thread(s): 1,000 passages embedded`,
      [1600, 2400, 3200, 4800, 6400],
      (maxBatchTokens) => openBiEncoder(biModel, { threads, maxBatchTokens }),
      (encoder) => encoder.embed(passages.slice(0, 1000), "passage"),
    );
    await compareBatches(
      `${threads} thread(s): 50 passages reranked`,
      [512, 1024, 2048, 4096, 16384],
      (maxBatchTokens) => openCrossEncoder(crossModel, { threads, maxBatchTokens }),
      (encoder, round) => encoder.score(queries[round] as string, passages.slice(round * 50, round * 50 + 50)),
    );
  }
  process.exit();
}

{
  const [tokenizer, openMs] = await timed(() => openTokenizer(biModel));
  note("tokenizer: open", openMs, "ms");
  const countAll = () => passages.reduce((sum, text) => sum + tokenizer.count(text), 0);
  const [tokens, coldMs] = await timed(countAll);
  const [, warmMs] = await timed(countAll);
  note("tokenizer: first time over the text", tokens / coldMs / 1000, "M tokens/s");
  note("tokenizer: again", tokens / warmMs / 1000, "M tokens/s");
  const json = (name: string) => JSON.parse(readFileSync(join(biModel.directory, name), "utf8"));
  const library = new Library(json("tokenizer.json"), json("tokenizer_config.json"));
  const [, libraryMs] = await timed(() => passages.map((text) => library.encode(text).ids.length));
  note("tokenizer: the library alone", tokens / libraryMs / 1000, "M tokens/s");
}

for (const threads of values.threads.split(",").map(Number)) {
  const label = (what: string) => `${threads} thread${threads === 1 ? "" : "s"}: ${what}`;
  {
    const [encoder, firstMs] = await timed(async () => {
      const opened = await openBiEncoder(biModel, { threads });
      await opened.embed(["first"], "query");
      return opened;
    });
    note(label("bi-encoder, start to first vector"), firstMs, "ms");
    const [{ tokens }, coldMs] = await timed(() => encoder.embed(passages, "passage"));
    note(label("mean tokens of a passage"), tokens / passages.length, "tokens");
    note(label("embedded, first time over the text"), (passages.length / coldMs) * 1000, "passages/s");
    const warm: number[] = [];
    for (let round = 0; round < 5; round++) warm.push((await timed(() => encoder.embed(passages, "passage")))[1]);
    note(label("embedded, again (median of 5)"), (passages.length / median(warm)) * 1000, "passages/s");
    const alone: number[] = [];
    for (const query of queries) alone.push((await timed(() => encoder.embed([query], "query")))[1]);
    note(label("a query, p50"), median(alone), "ms");
    const busy: number[] = [];
    let ended = false;
    const bulk = encoder.embed([...passages, ...passages], "passage").then(() => {
      ended = true;
    });
    while (!ended)
      busy.push((await timed(() => encoder.embed([queries[busy.length % queries.length] ?? ""], "query")))[1]);
    await bulk;
    note(label("a query during a long call, p50"), median(busy), "ms");
    note(label("a query during a long call, p99"), last(busy, 0.99), "ms");
    await encoder.close();
  }
  {
    const [encoder, firstMs] = await timed(async () => {
      const opened = await openCrossEncoder(crossModel, { threads });
      await opened.score("first", ["passage"]);
      return opened;
    });
    note(label("cross-encoder, start to first logit"), firstMs, "ms");
    const times: number[] = [];
    for (let round = 0; round < 60; round++) {
      const candidates = Array.from({ length: 50 }, (_, n) => passages[(round * 50 + n) % passages.length] as string);
      times.push((await timed(() => encoder.score(queries[round] as string, candidates)))[1]);
    }
    note(label("reranking of 50 passages, p50"), median(times.slice(10)), "ms");
    note(label("reranking of 50 passages, p95"), last(times.slice(10), 0.95), "ms");
    await encoder.close();
  }
}

if (values.json)
  console.log(JSON.stringify(Object.fromEntries(figures.all.map(({ name, value }) => [name, value])), null, 2));
