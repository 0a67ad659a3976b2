// npm run bench:lexical [-- --rows 200000] [-- --fts5] [-- --folder DIR] [-- --quality] [-- --typos]
// The lexical index on its own: speed of the analyser, of building and of searching.
//
//   --fts5      SQLite's FTS5 on the same passages in the same run
//   --folder    keeps what was built in DIR, and uses it the next time
//   --quality   instead: rankings on the evaluation collections, beside FTS5's
//   --typos     instead: what typo tolerance costs and gains there
//
// Passages are real paragraphs, recombined to 150 words (corpus.ts). Queries: the questions of the evaluation collections,
// windows of 8 words, both without stop words, windows of 8 words that are no stop words, and windows as they are.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { percentile } from "../src/evaluation/index.js";
import { Analyser, ImpactIndex, type QueryTerm, TextBatch } from "../src/lexical/index.js";
import { packageRoot } from "../src/package-root.js";
import { queryTerms } from "../src/retrieval/query-terms.js";
import { collectParagraphs, makeDocuments, makeQueries, mulberry32 } from "./corpus.js";
import { openFts5Path } from "./fts5-path.js";
import { compareQuality } from "./lexical-quality.js";
import { compareTypos } from "./lexical-typos.js";

const { values: flags } = parseArgs({
  options: {
    quality: { type: "boolean" },
    typos: { type: "boolean" },
    rows: { type: "string", default: "200000" },
    queries: { type: "string", default: "200" },
    folder: { type: "string" },
    fts5: { type: "boolean" },
  },
});

const BATCH_ROWS = 1000;
const rowCount = Number(flags.rows);
const queryCount = Number(flags.queries);
const evaluation = join(packageRoot, "..", "shared", "data", "eval");

if (flags.quality) await compareQuality();
else if (flags.typos) await compareTypos();
else measureSpeed();

function measureSpeed(): void {
  const folder = flags.folder ?? mkdtempSync(join(tmpdir(), "lodestone-lexical-"));
  mkdirSync(folder, { recursive: true });
  if (!flags.folder) process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const paragraphs = collectParagraphs();
  console.log(`${rowCount} passages of 150 words from ${paragraphs.length} paragraphs; ${cpus()[0]?.model}\n`);
  const analyser = new Analyser();
  const index = openIndex(folder, paragraphs, analyser);
  const sets = makeQuerySets(paragraphs, analyser);

  if (flags.fts5) measureFts5(folder, paragraphs, analyser, sets);
  console.log(
    "\n| queries | k | terms | postings of them | p50 ms | p95 ms | mean ms |\n|---|---|---|---|---|---|---|",
  );
  for (const { name, queries, withStopWords } of sets) {
    const asked = queries.map((query) => termsOf(analyser, query, withStopWords));
    for (const k of [10, 200]) measureQueries(name, asked, index, k);
  }
  const questions = sets[0]!.queries.map((query) => termsOf(analyser, query, false));
  for (const share of [0.1, 0.01, 0.001]) {
    const random = mulberry32(3);
    const allow = new Uint32Array(Math.ceil(rowCount / 32));
    for (let row = 0; row < rowCount; row++) if (random() < share) allow[row >>> 5]! |= 1 << (row & 31);
    measureQueries(`questions, filter ${share * 100} %`, questions, index, 200, allow);
  }
  const random = mulberry32(4);
  index.remove(Array.from({ length: rowCount / 10 }, () => Math.floor(random() * rowCount)));
  measureQueries("questions, 10 % of the rows removed", questions, index, 200);
  measureVocabulary(index, analyser, paragraphs);
}

function openIndex(folder: string, paragraphs: readonly string[], analyser: Analyser): ImpactIndex {
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  const parts = join(folder, `segments-${rowCount}`);
  if (existsSync(parts)) {
    const names = readdirSync(parts).sort((a, b) => Number(a) - Number(b));
    const buffers = names.map((name) => readFileSync(join(parts, name)));
    const started = performance.now();
    for (const bytes of buffers) index.addSegment(bytes);
    console.log(`loaded ${names.length} segments in ${ms(started)} ms`);
  } else build(index, paragraphs, analyser);
  const sum = (of: (segment: ImpactIndex["segments"][number]) => number) =>
    index.segments.reduce((total, segment) => total + of(segment), 0);
  const postings = sum((segment) => segment.postings);
  const bytes = sum((segment) => segment.bytes);
  console.log(
    `${index.segments.length} segments, ${postings} postings, ${bytes} bytes: ${(bytes / postings).toFixed(2)} a posting`,
  );
  if (!existsSync(parts)) {
    mkdirSync(parts);
    for (const { firstRow } of index.segments)
      writeFileSync(join(parts, String(firstRow)), index.segmentBytes(firstRow));
  }
  return index;
}

function build(index: ImpactIndex, paragraphs: readonly string[], analyser: Analyser): void {
  let words = 0;
  const spent = { analyse: 0, segment: 0, merge: 0, longestSlice: 0 };
  const timed = <T>(what: keyof typeof spent, work: () => T): T => {
    const started = performance.now();
    const result = work();
    spent[what] += performance.now() - started;
    return result;
  };
  let passages: string[] = [];
  const flush = () => {
    const batch = timed("analyse", () => {
      const batch = new TextBatch(analyser, index.endRow);
      for (const passage of passages) words += batch.add(passage);
      return batch.finish();
    });
    timed("segment", () => index.add(batch));
    timed("merge", () => {
      for (let more = true; more; ) {
        const started = performance.now();
        more = index.maintain(0);
        spent.longestSlice = Math.max(spent.longestSlice, performance.now() - started);
      }
    });
    passages = [];
  };
  for (const { title, text } of makeDocuments(paragraphs, rowCount)) {
    if (passages.push(`${title}\n${text}`) === BATCH_ROWS) flush();
  }
  if (passages.length > 0) flush();
  const seconds = (spent.analyse + spent.segment + spent.merge) / 1000;
  console.log(
    `built in ${seconds.toFixed(1)} s: ${words} words, analysis ${(words / spent.analyse / 1000).toFixed(1)} M words/s; ` +
      Object.entries(spent)
        .map(([name, value]) => `${name} ${value.toFixed(0)} ms`)
        .join(", "),
  );
}

type QuerySet = { name: string; queries: string[]; withStopWords: boolean };

function makeQuerySets(paragraphs: readonly string[], analyser: Analyser): QuerySet[] {
  const random = mulberry32(5);
  const contentWords: string[] = [];
  while (contentWords.length < queryCount) {
    const words = queryTerms(analyser, paragraphs[Math.floor(random() * paragraphs.length)]!).map(({ word }) => word);
    if (words.length < 12) continue;
    const start = Math.floor(random() * (words.length - 8));
    contentWords.push(words.slice(start, start + 8).join(" "));
  }
  const questions = (existsSync(evaluation) ? readdirSync(evaluation) : []).flatMap((name) => {
    const file = join(evaluation, name, "queries.jsonl");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    return lines.map((line) => (JSON.parse(line) as { text: string }).text);
  });
  const every = Math.max(1, Math.floor(questions.length / queryCount));
  const asked = questions.filter((_, i) => i % every === 0);
  return [
    { name: "questions", queries: asked, withStopWords: false },
    { name: "8-word windows", queries: makeQueries(paragraphs, queryCount), withStopWords: false },
    { name: "8 words, none a stop word", queries: contentWords, withStopWords: false },
    {
      name: "8-word windows, stop words kept",
      queries: makeQueries(paragraphs, queryCount, 8, 7),
      withStopWords: true,
    },
  ].filter(({ queries }) => queries.length > 0);
}

function termsOf(analyser: Analyser, query: string, withStopWords: boolean): QueryTerm[] {
  if (!withStopWords) return queryTerms(analyser, query);
  return analyser
    .tokens(query)
    .flatMap(({ words }) => words.map(({ term, queryWeight }) => ({ term, weight: queryWeight })));
}

function measureQueries(name: string, asked: QueryTerm[][], index: ImpactIndex, k: number, allow?: Uint32Array): void {
  const times: number[] = [];
  for (const isWarm of [false, true]) {
    for (const terms of asked) {
      const started = performance.now();
      index.search(terms, { k, allow });
      if (isWarm) times.push(performance.now() - started);
    }
  }
  const postings = asked.map((terms) => terms.reduce((sum, { term }) => sum + index.documentFrequency(term), 0));
  const terms = asked.reduce((sum, { length }) => sum + length, 0) / asked.length;
  console.log(
    `| ${name} | ${k} | ${terms.toFixed(1)} | ${percentile(postings, 0.5)} | ${latencies(times).join(" | ")} | ${mean(times).toFixed(2)} |`,
  );
}

function measureFts5(
  folder: string,
  paragraphs: readonly string[],
  analyser: Analyser,
  sets: readonly QuerySet[],
): void {
  const file = join(folder, `fts5-${rowCount}.sqlite`);
  const isThere = existsSync(file);
  const fts5 = openFts5Path(file);
  if (!isThere) {
    const started = performance.now();
    fts5.build(passagesOf(paragraphs));
    console.log(`FTS5 built in ${ms(started)} ms`);
  }
  console.log(`FTS5: ${fts5.bytes()} bytes\n\n| FTS5, k = 200 | p50 ms | p95 ms |\n|---|---|---|`);
  for (const { name, queries, withStopWords } of sets) {
    if (withStopWords) continue;
    const asked = queries.map((query) => queryTerms(analyser, query));
    for (const terms of asked) fts5.search(terms, 200);
    const times = asked.map((terms) => {
      const started = performance.now();
      fts5.search(terms, 200);
      return performance.now() - started;
    });
    console.log(`| ${name} | ${latencies(times).join(" | ")} |`);
  }
  fts5.close();
}

function* passagesOf(paragraphs: readonly string[]): Generator<string> {
  for (const { title, text } of makeDocuments(paragraphs, rowCount)) yield `${title}\n${text}`;
}

function measureVocabulary(index: ImpactIndex, analyser: Analyser, paragraphs: readonly string[]): void {
  const random = mulberry32(6);
  const vocabulary = index.vocabulary();
  const words = Array.from({ length: 200 }, () => {
    const all = queryTerms(analyser, paragraphs[Math.floor(random() * paragraphs.length)]!).filter(
      ({ word }) => word.length > 5,
    );
    return all[Math.floor(random() * all.length)]?.word ?? "rotation";
  });
  const typos = words.map((word) => `${word.slice(0, 2)}${word[3]}${word[2]}${word.slice(4)}`);
  const time = (work: (at: number) => unknown) =>
    words.map((_, at) => {
      const started = performance.now();
      work(at);
      return performance.now() - started;
    });
  console.log("\n| vocabulary | p50 ms | p95 ms |\n|---|---|---|");
  console.log(
    `| prefix of 3 letters | ${latencies(time((at) => vocabulary.startingWith(words[at]!.slice(0, 3)))).join(" | ")} |`,
  );
  console.log(`| 1 edit | ${latencies(time((at) => vocabulary.similarTo(typos[at]!, { distance: 1 }))).join(" | ")} |`);
  console.log(`| 2 edits | ${latencies(time((at) => vocabulary.similarTo(typos[at]!))).join(" | ")} |`);
}

function latencies(times: readonly number[]): [p50: string, p95: string] {
  return [percentile(times, 0.5).toFixed(2), percentile(times, 0.95).toFixed(2)];
}

function mean(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

function ms(started: number): string {
  return (performance.now() - started).toFixed(0);
}
