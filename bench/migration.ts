// npm run bench:migration [-- --chunks 20000] [-- --load 0.5] [-- --json]
// A change to another chunking in the background: what searches take beside it, before it and after it, and how fast documents are brought
// into the new index. Searches go through all stages, reranking included.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openEngine } from "../src/index.js";
import { collectParagraphs, makeDocuments, makeQueries } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    chunks: { type: "string", default: "20000" },
    load: { type: "string", default: "0.5" },
    json: { type: "boolean" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const figures = new Figures();
const note = figures.note.bind(figures);

const paragraphs = collectParagraphs();
const records = join(folder, "documents.jsonl");
const lines = Array.from(makeDocuments(paragraphs, Number(values.chunks)), (document) => JSON.stringify(document));
writeFileSync(records, `${lines.join("\n")}\n`);

const engine = await openEngine({
  library: join(folder, "library"),
  migration: { load: Number(values.load), guardRails: false },
});
const { chunks } = await engine.ingestPaths([records]);
note("chunks", chunks, "chunks");
const settled = async () => {
  for (let ready = false; !ready; await wait(100)) {
    const { codes } = (await engine.status()).vectors;
    ready = chunks < 4096 || (codes.state === "ready" && codes.calibration !== undefined);
  }
};
await settled();
const queries = makeQueries(paragraphs, 500);
let asked = 0;
const p50 = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;
async function searchWhile(going: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (going()) {
    const start = performance.now();
    await engine.search({ query: queries[asked++ % queries.length]! });
    times.push(performance.now() - start);
  }
  return times;
}
const searchFor = (ms: number) => {
  const end = performance.now() + ms;
  return searchWhile(() => performance.now() < end);
};

await searchFor(2_000);
const before = await searchFor(10_000);
const start = performance.now();
await engine.migration.start({ maxTokens: 128 });
let filling = true;
const filled = (async () => {
  while ((await engine.migration.status())?.state === "filling") await wait(200);
  filling = false;
  return (performance.now() - start) / 1000;
})();
const beside = await searchWhile(() => filling);
const took = await filled;
// Dropped again, so that what comes after searches the same index as what came before.
await engine.migration.finish();
await settled();
const after = await searchFor(10_000);
const alone = (p50(before) + p50(after)) / 2;
note("searches before, p50", p50(before), "ms");
note("searches beside the migration", beside.length, "searches");
note("searches beside the migration, p50", p50(beside), "ms");
note("searches after, p50", p50(after), "ms");
note("beside it / before and after, p50", p50(beside) / alone, "x");
note("documents brought in", lines.length / took, "documents/s");
note("migration, start to ready", took, "s");
await engine.close();

if (values.json) figures.printJson();
