// npm run bench:snapshot [-- --chunks 50000] [-- --json]
// A snapshot of a library that is being searched: what the event loop feels, what searches take beside it and without it, and
// how long it takes to make, to check and to restore. The event loop's delay is counted above the timer's own period.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openEngine, restoreSnapshot, verifySnapshot } from "../src/index.js";
import { collectParagraphs, makeDocuments, makeQueries } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    chunks: { type: "string", default: "50000" },
    rounds: { type: "string", default: "10" },
    json: { type: "boolean" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const TIMER_MS = 5;
const figures = new Figures();
const note = figures.note.bind(figures);
const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
};

const paragraphs = collectParagraphs();
const records = join(folder, "documents.jsonl");
const lines = Array.from(makeDocuments(paragraphs, Number(values.chunks)), (document) => JSON.stringify(document));
writeFileSync(records, `${lines.join("\n")}\n`);
lines.length = 0;

const engine = await openEngine({ library: join(folder, "library") });
const { chunks } = await engine.ingestPaths([records]);
note("chunks", chunks, "chunks");
// Codes are made and measured in the background when nothing has changed for a while: not while something else is measured.
for (let ready = false; !ready; await wait(100)) {
  const { codes } = (await engine.status()).vectors;
  ready = chunks < 4096 || (codes.state === "ready" && codes.calibration !== undefined);
}
const queries = makeQueries(paragraphs, 500);
let asked = 0;
const search = () => engine.search({ query: queries[asked++ % queries.length]!, rerank: false });
for (let i = 0; i < 50; i++) await search();

/** What is felt in one of two states, over several turns. */
function openPhase() {
  // One for each turn: a histogram that is stopped and goes on counts the time in between as a delay.
  const loops: IntervalHistogram[] = [];
  const times: number[] = [];
  return {
    /** Searches one after the other for as long as `going`. */
    async searchWhile(going: () => boolean): Promise<void> {
      const loop = monitorEventLoopDelay({ resolution: TIMER_MS });
      loop.enable();
      while (going()) {
        const start = performance.now();
        await search();
        times.push(performance.now() - start);
      }
      loop.disable();
      loops.push(loop);
    },
    tell(name: string): void {
      times.sort((a, b) => a - b);
      note(`${name}: searches`, times.length, "searches");
      note(`${name}: search, p50`, times[Math.floor(times.length * 0.5)]!, "ms");
      note(`${name}: search, p95`, times[Math.floor(times.length * 0.95)]!, "ms");
      note(
        `${name}: event loop delay, p99 of the worst turn`,
        Math.max(...loops.map((loop) => loop.percentile(99))) / 1e6 - TIMER_MS,
        "ms",
      );
      note(`${name}: event loop delay, max`, Math.max(...loops.map(({ max }) => max)) / 1e6 - TIMER_MS, "ms");
    },
  };
}

// In turns, so that what else the machine does meets both alike.
const alone = openPhase();
const beside = openPhase();
const directory = join(folder, "snapshots");
const taken: number[] = [];
let path = "";
let bytes = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  let making = true;
  const made = seconds(() => engine.snapshot({ directory })).finally(() => {
    making = false;
  });
  await beside.searchWhile(() => making);
  const [snapshot, took] = await made;
  taken.push(took);
  ({ path, bytes } = snapshot);
  const until = performance.now() + took * 1000;
  await alone.searchWhile(() => performance.now() < until);
}
alone.tell("without a snapshot");
beside.tell("beside a snapshot");
taken.sort((a, b) => a - b);
note("size of a snapshot", bytes / 1e6, "MB");
note("a snapshot made while searching, median", taken[Math.floor(taken.length / 2)]!, "s");

const [report, checked] = await seconds(() => verifySnapshot(path));
if (!report.ok) throw new Error(`the snapshot is damaged: ${JSON.stringify(report.faults)}`);
note("checked", checked, "s");
const [, restored] = await seconds(() => restoreSnapshot(path, { library: join(folder, "restored") }));
note("checked and restored", restored, "s");
await engine.close();

if (values.json) figures.printJson();
