// npm run bench:engine [-- --chunks 50000] [-- --json]
// The whole engine on real words: ingestion rate, what the event loop feels meanwhile, time to open and to the first
// answer, and search latency with and without reranking. Every figure is one run on this machine.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openEngine, type SearchRequest } from "../src/index.js";
import { collectParagraphs, makeDocuments, makeQueries } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    chunks: { type: "string", default: "50000" },
    queries: { type: "string", default: "200" },
    json: { type: "boolean" },
  },
});
const chunks = Number(values.chunks);
const queryCount = Number(values.queries);
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const figures = new Figures();
const note = figures.note.bind(figures);

const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await wait(100);
};

const paragraphs = collectParagraphs();
const records = join(folder, "documents.jsonl");
writeFileSync(records, "");
const tree = join(folder, "files");
mkdirSync(tree);
{
  const lines = Array.from(makeDocuments(paragraphs, chunks), (document) => JSON.stringify(document));
  writeFileSync(records, `${lines.join("\n")}\n`);
  const files = 10_000;
  let n = 0;
  for (const { text } of makeDocuments(paragraphs, files, 60, 3)) {
    if (n % 500 === 0) mkdirSync(join(tree, String(n / 500)));
    writeFileSync(join(tree, String(Math.floor(n / 500)), `${n++}.txt`), text);
  }
}
console.error(
  `${paragraphs.length} paragraphs of real text, recombined into ${chunks} documents; ${cpus().length} x ${cpus()[0]?.model}`,
);

const library = join(folder, "library");
{
  await using engine = await openEngine({ library });
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const report = await engine.ingestPaths([records]);
  loop.disable();
  note("ingested chunks", report.chunks, "chunks");
  note("mean tokens of a chunk", report.tokens / report.embedded, "tokens");
  note("ingestion, durable", report.chunks / (report.ms / 1000), "chunks/s");
  note("event loop delay while ingesting, p99", loop.percentile(99) / 1e6 - 5, "ms");
  note("event loop delay while ingesting, max", loop.max / 1e6 - 5, "ms");

  const again = await engine.ingestPaths([records]);
  note("the same file again: embedded", again.embedded, "passages");
}
{
  // As a person would: in a process of its own, counted from the start of that process.
  const program = fileURLToPath(new URL("./open-once.js", import.meta.url));
  const runs = Array.from({ length: 5 }, () => {
    const { stdout } = spawnSync(process.execPath, [program, library], { encoding: "utf8" });
    return JSON.parse(stdout) as { imported: number; opened: number; answered: number };
  }).sort((x, y) => x.answered - y.answered);
  const { imported, opened, answered } = runs[2]!;
  note("a new process, modules loaded after (median of 5)", imported, "ms");
  note("library opened after", opened, "ms");
  note("first query answered after", answered, "ms");
}
{
  await using engine = await openEngine({ library, readOnly: true });
  // Codes are made and measured in the background when nothing has changed for a while.
  await until(async () => {
    const { codes } = (await engine.status()).vectors;
    return codes.state === "ready" ? codes.calibration !== undefined : chunks < 4096;
  });
  const queries = makeQueries(paragraphs, queryCount);
  const measure = async (name: string, request: Partial<SearchRequest>) => {
    for (const query of queries.slice(0, 20)) await engine.search({ ...request, query: `${query} warm` });
    const times: number[] = [];
    for (const query of queries) {
      const start = performance.now();
      const { degraded } = await engine.search({ ...request, query });
      if (degraded.length > 0) throw new Error(`degraded: ${degraded[0]!.reason}`);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    note(`${name}, p50`, times[Math.floor(times.length * 0.5)]!, "ms");
    note(`${name}, p95`, times[Math.floor(times.length * 0.95)]!, "ms");
  };
  await measure("search, BM25 alone", { mode: "lexical", rerank: false });
  await measure("search, vectors alone", { mode: "dense", rerank: false });
  await measure("search, hybrid", { rerank: false });
  await measure("search, hybrid and reranked (50)", {});
}
{
  await using engine = await openEngine({ library: join(folder, "tree-library") });
  const first = await engine.ingestPaths([tree]);
  note("files of the tree indexed", first.files.read / (first.ms / 1000), "files/s");
  const second = await engine.ingestPaths([tree]);
  note("unchanged tree, by size and time", second.files.unchanged / (second.ms / 1000), "files/s");
  const later = new Date(Date.now() + 10_000);
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), later, later);
  }
  const third = await engine.ingestPaths([tree]);
  note("unchanged tree with new times, by hash", third.files.read / (third.ms / 1000), "files/s");
  note("unchanged tree: embedded", second.embedded + third.embedded, "passages");
}

if (values.json) figures.printJson();
