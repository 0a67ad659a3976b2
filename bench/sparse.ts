// npm run bench:sparse [-- --rows 20000] [-- --queries 200] [-- --commit 128] [-- --json]
// The index of weighted terms on its own: what it takes to write, to take in, to merge, to open and to search.
//
// Passages are real paragraphs, recombined to 150 words (corpus.ts); their weighted terms are made without a model
// (weighted-text.ts says of what shape). They are written to a library in commits; the index follows each, as the lexical thread does,
// and merges between them. Beside it, in the same run, the index of the words of the same passages. Rankings are held against
// scoring every posting.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { parseArgs } from "node:util";
import { percentile } from "../src/evaluation/index.js";
import { BestRows } from "../src/lexical/best-rows.js";
import { Analyser, impactOf, LARGEST_IMPACT } from "../src/lexical/index.js";
import { queryTerms } from "../src/retrieval/query-terms.js";
import { openForReading } from "../src/store/connection.js";
import { LexicalKeeper } from "../src/store/lexical-keeper.js";
import { openLexicalRows } from "../src/store/lexical-rows.js";
import { LiveLexical } from "../src/store/live-lexical.js";
import { LiveSparse } from "../src/store/live-sparse.js";
import type { SparseWrite } from "../src/store/sparse-model.js";
import { openSparseRows } from "../src/store/sparse-vectors.js";
import { openWriter } from "../src/store/writer.js";
import { batchOf, recipe } from "../test/store/library-fixture.js";
import { collectParagraphs, makeDocuments, makeQueries } from "./corpus.js";
import { Figures } from "./figures.js";
import { LARGEST_WEIGHT, openTextWeigher, VOCABULARY, type WeightedText } from "./weighted-text.js";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "20000" },
    queries: { type: "string", default: "200" },
    commit: { type: "string", default: "128" },
    json: { type: "boolean" },
  },
});
const rowCount = Number(flags.rows);
const queryCount = Number(flags.queries);
const commitRows = Number(flags.commit);
/** As of the lexical thread. */
const MERGE_SLICE_MS = 4;
const LATER_COMMITS = 20;
const modelVersion = "bench-sparse@000000000000";
const figures = new Figures(2);

const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-sparse-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const paragraphs = collectParagraphs();
const weigher = openTextWeigher(paragraphs);
const analyser = new Analyser();
const passages = Array.from(makeDocuments(paragraphs, rowCount), ({ text }) => text);
const weighted = passages.map((passage) => weigher.passage(passage));
const sizes = weighted.map(({ terms }) => terms.length);
const postings = sizes.reduce((sum, size) => sum + size, 0);
figures.note("passages", rowCount, "");
figures.note("weighted terms a passage, mean", postings / rowCount, "");
figures.note("weighted terms a passage, 5th percentile", percentile(sizes, 0.05), "");
figures.note("weighted terms a passage, 95th percentile", percentile(sizes, 0.95), "");

/** Kept back: these come while the indexes are open. */
const laterRows = Math.min(LATER_COMMITS * commitRows, rowCount >> 1);
const firstRows = rowCount - laterRows;
const library = join(folder, "with");
writeLibrary();
const sparse = await measureIndex("weighted terms", openSparse, "sparse");
const words = await measureIndex("words", openWords);
await measureCommits();
await measureSearches();
await sparse.close();
await words.close();
if (flags.json) figures.printJson();

/** Everything is written first with terms and then without them: what they cost is the difference. */
function writeLibrary(): void {
  const times = { with: 0, without: 0 };
  for (const which of ["with", "without"] as const) {
    const writer = openWriter(join(folder, which));
    const models = which === "with" ? { sparseModelName: "bench-sparse", sparseModelVersion: modelVersion } : {};
    writer.generation({ ...recipe, ...models });
    for (let from = 0; from < firstRows; from += commitRows) {
      const batch = commitOf(from, firstRows, which === "with");
      const started = performance.now();
      writer.write(batch);
      times[which] += performance.now() - started;
    }
    if (which === "with") {
      const bytes = writer.db.prepare<[], number>("SELECT sum(length(terms)) FROM sparse_vectors").pluck().get()!;
      figures.note("sparse_vectors, a passage", bytes / firstRows, "bytes");
    }
    writer.close();
  }
  figures.note("written with weighted terms", (firstRows / times.with) * 1000, "passages/s");
  figures.note("written without them", (firstRows / times.without) * 1000, "passages/s");
}

/** The batch of the rows from `from` on, as many as a commit has, before `end`. */
function commitOf(from: number, end: number, hasTerms: boolean) {
  const to = Math.min(end, from + commitRows);
  const sketches = passages.slice(from, to).map((text, i) => ({ id: `${from + i}`, texts: [text] }));
  return batchOf(sketches, hasTerms ? { sparse: writeOf(weighted.slice(from, to)) } : {});
}

/** How long a search that comes right after a commit waits until its rows are in. */
async function measureCommits(): Promise<void> {
  const writer = openWriter(library);
  const times = { sparse: [] as number[], words: [] as number[] };
  for (let from = firstRows; from < rowCount; from += commitRows) {
    writer.write(commitOf(from, rowCount, true));
    for (const [name, index] of [
      ["sparse", sparse],
      ["words", words],
    ] as const) {
      times[name].push((await held(() => index.live().follow())).ms);
      while (index.live().maintain(MERGE_SLICE_MS)) await turn();
    }
  }
  writer.close();
  figures.note(`weighted terms: taking in a commit of ${commitRows}, p50`, percentile(times.sparse, 0.5), "ms");
  figures.note(`weighted terms: taking in a commit of ${commitRows}, p95`, percentile(times.sparse, 0.95), "ms");
  figures.note(`words: taking in a commit of ${commitRows}, p50`, percentile(times.words, 0.5), "ms");
  figures.note(`words: taking in a commit of ${commitRows}, p95`, percentile(times.words, 0.95), "ms");
}

function writeOf(texts: readonly WeightedText[]): SparseWrite {
  const starts = new Uint32Array(texts.length + 1);
  texts.forEach(({ terms }, i) => {
    starts[i + 1] = starts[i]! + terms.length;
  });
  const terms = new Uint32Array(starts.at(-1)!);
  const weights = new Float32Array(starts.at(-1)!);
  texts.forEach((text, i) => {
    terms.set(text.terms, starts[i]);
    weights.set(text.weights, starts[i]);
  });
  return { modelVersion, largestWeight: LARGEST_WEIGHT, starts, terms, weights };
}

type Opened<Index extends LiveLexical | LiveSparse> = {
  keeper: LexicalKeeper<Index>;
  live(): Index;
  close(): Promise<void>;
};

function opened<Index extends LiveLexical | LiveSparse>(
  place: { folder?: "sparse"; analyser: string },
  open: (
    db: ReturnType<typeof openForReading>,
    rows: ReturnType<typeof openLexicalRows>,
    saved: ConstructorParameters<typeof LiveLexical>[2],
  ) => Index,
): Opened<Index> {
  const db = openForReading(library);
  const rows = openLexicalRows(db, 1);
  const keeper = new LexicalKeeper({
    rows,
    open: (saved) => open(db, rows, saved),
    place: { directory: join(folder, "index"), identity: "bench", ...place },
    readOnly: false,
    onNotice: (notice) => assert.fail(notice),
  });
  return {
    keeper,
    live: () => keeper.live,
    async close() {
      await keeper.close();
      db.close();
    },
  };
}

function openSparse(): Opened<LiveSparse> {
  const kind = { version: modelVersion, largestWeight: LARGEST_WEIGHT };
  return opened({ folder: "sparse", analyser: modelVersion }, (db, rows, saved) => {
    return new LiveSparse(rows, openSparseRows(db, 1), kind, saved);
  });
}

function openWords(): Opened<LiveLexical> {
  return opened({ analyser: analyser.version }, (_, rows, saved) => new LiveLexical(rows, analyser, saved));
}

/** Takes in all rows, merges, saves, opens what was saved. */
async function measureIndex<Index extends LiveLexical | LiveSparse>(
  name: string,
  open: () => Opened<Index>,
  part = "lexical",
): Promise<Opened<Index>> {
  const first = open();
  const note = (what: string, value: number, unit: string) => figures.note(`${name}: ${what}`, value, unit);
  const taken = await held(() => first.live().follow());
  note("taking in all rows", (taken.ms * 1000) / firstRows, "us/passage");
  noteHolds(note, taken.holdsMs);
  note("  segments before merging", first.live().segments.length, "");
  const merged = await held(async () => {
    while (first.live().maintain(MERGE_SLICE_MS)) await turn();
  });
  note("merging", (merged.ms * 1000) / firstRows, "us/passage");
  noteHolds(note, merged.holdsMs);
  const { segments } = first.live();
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const postingCount = segments.reduce((sum, segment) => sum + segment.postings, 0);
  note("segments", segments.length, "");
  note("in memory, a passage", bytes / firstRows, "bytes");
  note("in memory, a posting", bytes / postingCount, "bytes");
  const saved = await held(() => first.close());
  note("saving", saved.ms, "ms");
  note("on disk, a passage", bytesBelow(join(folder, "index", part)) / firstRows, "bytes");
  let again: Opened<Index> | undefined;
  const loaded = await held(async () => {
    again = open();
    await again.live().follow();
  });
  note("opening", loaded.ms, "ms");
  return again!;
}

function noteHolds(note: (what: string, value: number, unit: string) => void, holdsMs: readonly number[]): void {
  note("  the thread was held at a time, 95th percentile", percentile(holdsMs, 0.95), "ms");
  note("  the longest", percentile(holdsMs, 1), "ms");
}

/** How long work takes, and for how long at a time nothing else had its turn: what is under a tenth of a millisecond left out. */
async function held(work: () => Promise<void>): Promise<{ ms: number; holdsMs: number[] }> {
  const started = performance.now();
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  const holdsMs: number[] = [];
  for (let last = started; !isDone; ) {
    await turn();
    const now = performance.now();
    if (now - last > 0.1) holdsMs.push(now - last);
    last = now;
  }
  await working;
  return { ms: performance.now() - started, holdsMs };
}

async function measureSearches(): Promise<void> {
  const every = exhaustive();
  const windows = makeQueries(paragraphs, queryCount);
  const longer = makeQueries(paragraphs, queryCount, 16);
  const sets = [
    { name: "expanded queries", queries: windows.map((query) => weigher.query(query)) },
    { name: "queries without inference", queries: longer.map((query) => weigher.plainQuery(query)) },
  ];
  for (const { name, queries } of sets) {
    const lengths = queries.map(({ terms }) => terms.length);
    figures.note(`${name}: terms, median`, percentile(lengths, 0.5), "");
    for (const k of [10, 200]) {
      const times: number[] = [];
      const oracle: number[] = [];
      for (const isWarm of [false, true]) {
        for (const query of queries) {
          const started = performance.now();
          const found = await sparse.live().search({ ...query, limit: k });
          const between = performance.now();
          if (!isWarm) assert.deepEqual(found, every(query, k), "the ranking is that of scoring every posting");
          else times.push(between - started);
          if (isWarm && k === 10) {
            const from = performance.now();
            every(query, k);
            oracle.push(performance.now() - from);
          }
        }
      }
      figures.note(`${name}: search, k = ${k}, p50`, percentile(times, 0.5), "ms");
      figures.note(`${name}: search, k = ${k}, p95`, percentile(times, 0.95), "ms");
      if (k === 10) figures.note(`${name}: scoring every posting, p50`, percentile(oracle, 0.5), "ms");
    }
  }
  for (const k of [10, 200]) {
    const times: number[] = [];
    for (const isWarm of [false, true]) {
      for (const query of windows) {
        const terms = queryTerms(analyser, query);
        const started = performance.now();
        await words.live().search({ terms, limit: k, typos: false });
        if (isWarm) times.push(performance.now() - started);
      }
    }
    figures.note(`words: search, k = ${k}, p50`, percentile(times, 0.5), "ms");
    figures.note(`words: search, k = ${k}, p95`, percentile(times, 0.95), "ms");
  }
}

/** Scores every posting of the query's terms, unpacked in memory: the same sums in the same order. */
function exhaustive(): (query: WeightedText, k: number) => { rows: Uint32Array; scores: Float32Array } {
  const counts = new Uint32Array(VOCABULARY);
  for (const { terms } of weighted) for (const term of terms) counts[term]!++;
  const lists = Array.from(counts, (count) => ({
    rows: new Uint32Array(count),
    impacts: new Uint8Array(count),
    size: 0,
  }));
  weighted.forEach(({ terms, weights }, row) => {
    terms.forEach((term, i) => {
      const list = lists[term]!;
      list.rows[list.size] = row;
      list.impacts[list.size++] = impactOf(weights[i]!, LARGEST_WEIGHT);
    });
  });
  const scores = new Float32Array(rowCount);
  const step = LARGEST_WEIGHT / LARGEST_IMPACT;
  return ({ terms, weights }, k) => {
    scores.fill(0);
    terms.forEach((term, i) => {
      const weight = weights[i]! * step;
      const { rows, impacts, size } = lists[term]!;
      for (let at = 0; at < size; at++) scores[rows[at]!]! += weight * impacts[at]!;
    });
    const best = new BestRows(k);
    for (let row = 0; row < rowCount; row++) if (scores[row]! > best.threshold) best.add(row, scores[row]!);
    return best.sorted();
  };
}

function bytesBelow(path: string): number {
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}
