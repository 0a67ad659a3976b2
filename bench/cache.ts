// npm run bench:cache [-- --documents 6000] [-- --rounds 5] [-- --json]
// The embedding cache: what it costs when everything is new, and what it saves when a corpus is chunked anew. The corpus is
// the Markdown below node_modules. Runs with and without the cache alternate, so that the machine's load meets both.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Chunking, type DocumentInput, type EngineOptions, openEngine } from "../src/index.js";
import { packageRoot } from "../src/package-root.js";
import { collectParagraphs, makeDocuments } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "6000" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-cache-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const figures = new Figures();
const note = figures.note.bind(figures);
const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const unreranked = { crossEncoder: null } satisfies Partial<EngineOptions>;

await measureFirstIngest(Number(values.documents), Number(values.rounds));
await measureChunkingAnew(collectMarkdown());

async function measureFirstIngest(documents: number, rounds: number): Promise<void> {
  const records = join(folder, "documents.jsonl");
  const lines = Array.from(makeDocuments(collectParagraphs(), documents), (document) => JSON.stringify(document));
  writeFileSync(records, `${lines.join("\n")}\n`);
  const wallMs = { off: [] as number[], on: [] as number[] };
  const cpuMs = { off: [] as number[], on: [] as number[] };
  let chunks = 0;
  let embeddingMs = 0;
  const run = async (name: "off" | "on", counted: boolean) => {
    const library = join(folder, "first");
    {
      await using engine = await openEngine({ library, ...unreranked, cache: { off: name === "off" } });
      const before = process.cpuUsage();
      const report = await engine.ingestPaths([records]);
      const { user, system } = process.cpuUsage(before);
      chunks = report.chunks;
      if (counted) {
        wallMs[name].push(report.ms);
        cpuMs[name].push((user + system) / 1000);
      }
    }
    if (name === "on" && embeddingMs === 0) {
      await using engine = await openEngine({ library, ...unreranked });
      await engine.ingestPaths([records], { force: true });
      await engine.remove({ filter: { id: { exists: true } } });
      await engine.ingestPaths([records]);
      embeddingMs = (await engine.cache.status()).saved.ms;
    }
    rmSync(library, { recursive: true });
  };
  await run("off", false);
  await run("on", false);
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? (["off", "on"] as const) : (["on", "off"] as const)) await run(name, true);
  }
  note(`first ingest without the cache (median of ${rounds}), chunks`, chunks, "chunks");
  note("first ingest without the cache", median(wallMs.off), "ms");
  note("first ingest with the cache", median(wallMs.on), "ms");
  note("overhead, of the medians", (median(wallMs.on) / median(wallMs.off) - 1) * 100, "%");
  note("overhead, of the fastest runs", (Math.min(...wallMs.on) / Math.min(...wallMs.off) - 1) * 100, "%");
  note("overhead in processor time, of the medians", (median(cpuMs.on) / median(cpuMs.off) - 1) * 100, "%");
  note("computing of the same embeddings, as the cache counts it", embeddingMs, "ms");
}

/** Every document of a corpus into a library whose cache holds another chunking of it. */
async function measureChunkingAnew(documents: DocumentInput[]): Promise<void> {
  const library = join(folder, "anew");
  const put = async (chunking: Chunking, texts: DocumentInput[]) => {
    await using engine = await openEngine({ library, ...unreranked, chunking });
    const before = await engine.cache.status();
    const report = { chunks: 0, embedded: 0, ms: performance.now() };
    for (let i = 0; i < texts.length; i += 500) {
      const { chunks, embedded } = await engine.put(texts.slice(i, i + 500));
      report.chunks += chunks;
      report.embedded += embedded;
    }
    const after = await engine.cache.status();
    // So that the next run may choose its own chunking.
    await engine.remove(texts.map(({ id }) => id));
    const found = after.hits.memory + after.hits.disk - before.hits.memory - before.hits.disk;
    const missed = after.misses - before.misses;
    return {
      ...report,
      ms: performance.now() - report.ms,
      hitShare: found / (found + missed),
      savedMs: after.saved.ms - before.saved.ms,
    };
  };
  const plain = { maxTokens: 256, overlapTokens: 32 };
  const first = await put(plain, documents);
  note("real corpus: Markdown documents", documents.length, "documents");
  note("chunks of 256 tokens with 32 of overlap", first.chunks, "chunks");
  note("found in the cache by the first run (the same passage twice)", first.hitShare * 100, "%");
  const show = async (name: string, chunking: Chunking, texts: DocumentInput[]) => {
    const { hitShare, chunks, embedded, savedMs } = await put(chunking, texts);
    note(`${name}: hits`, hitShare * 100, "%");
    note(`${name}: embedded of ${chunks} chunks`, embedded, "passages");
    note(`${name}: computing saved`, savedMs, "ms");
  };
  await show("the same again", plain, documents);
  const appended = documents.map((document) => ({
    ...document,
    text: `${document.text}\n\nThis sentence was appended after the document had been embedded.\n`,
  }));
  await show("a sentence appended to every document", plain, appended);
  const long = documents.filter(({ text }) => text.length > 20_000);
  await put(plain, long);
  await show(
    `the same of the ${long.length} documents over 20,000 characters`,
    plain,
    appended.filter(({ text }) => text.length > 20_100),
  );
  await show("overlap 32 -> 16 tokens", { maxTokens: 256, overlapTokens: 16 }, documents);
  await show("maxTokens 256 -> 288, overlap 32", { maxTokens: 288, overlapTokens: 32 }, documents);
}

function collectMarkdown(): DocumentInput[] {
  const root = join(packageRoot, "node_modules");
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.md$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      id: path.slice(root.length + 1),
      text: readFileSync(path, "utf8"),
      type: "text/markdown" as const,
    }))
    .filter(({ text }) => text.length <= 1_000_000);
}

if (values.json) figures.printJson();
