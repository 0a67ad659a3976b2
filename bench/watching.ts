// npm run bench:watching [-- --documents 5000] [-- --searches 300] [-- --scrapes 50] [-- --part costs|confidence] [-- --json]
// What watching costs beside searching and ingesting, how long a scrape of /metrics takes, and, where the evaluation collections lie beside
// the project, how well calibrated confidence tells queries with an answer from those without.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serve } from "../src/http/index.js";
import { type DocumentInput, type Engine, openEngine } from "../src/index.js";
import { AlertKeeper } from "../src/monitoring/alert-keeper.js";
import { ConfidenceScales } from "../src/monitoring/confidence-scales.js";
import { alertRules } from "../src/monitoring/options.js";
import { QueryLog } from "../src/monitoring/query-log.js";
import { packageRoot } from "../src/package-root.js";
import { CostLedger, confidenceScale, RowSampler } from "../src/quality/index.js";
import { collectParagraphs, makeDocuments, mulberry32 } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "5000" },
    searches: { type: "string", default: "300" },
    scrapes: { type: "string", default: "50" },
    part: { type: "string" },
    json: { type: "boolean" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-watching-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const figures = new Figures(4);
const note = figures.note.bind(figures);
const random = mulberry32(1);

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

if (values.part !== "confidence") await measureCosts();
if (values.part !== "costs") await measureConfidence();
if (values.json) figures.printJson();

async function measureCosts(): Promise<void> {
  const documents = Array.from(makeDocuments(collectParagraphs(), Number(values.documents))) as DocumentInput[];
  await using engine = await openEngine({ library: join(folder, "costs"), monitoring: { calibrate: false } });
  for (let i = 0; i < documents.length; i += 500) await engine.put(documents.slice(i, i + 500));
  const judged = performance.now();
  await engine.monitor.check();
  note("judging all that came in and the whole index, in a thread of its own", performance.now() - judged, "ms");
  const words = documents.map(({ text }) => text.split(/\s+/).slice(0, 6).join(" "));
  for (const [name, rerank] of [
    ["reranked", true],
    ["not reranked", false],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < Number(values.searches); i++) {
      const query = `${words[Math.floor(random() * words.length)]} ${i}`;
      times.push((await engine.search({ query, rerank })).tookMs);
    }
    note(`search, ${name}: median`, median(times), "ms");
    note(`watching, share of a search that is ${name}`, (100 * costOfWatching(median(times))) / median(times), "%");
  }
  note("ingest: sampling a document, processor time", 1000 * costOfSampling(), "microseconds");

  await using server = await serve(engine, { port: 0, logLevel: "silent" });
  const scrapes: number[] = [];
  let cpu = process.cpuUsage();
  for (let i = 0; i < Number(values.scrapes) + 1; i++) {
    // The first one counts what the library holds.
    if (i === 1) cpu = process.cpuUsage();
    const started = performance.now();
    await (await fetch(`${server.url}/metrics`)).text();
    scrapes.push(performance.now() - started);
  }
  const [first, ...rest] = scrapes;
  note("scrape of /metrics, the first", first!, "ms");
  const { user, system } = process.cpuUsage(cpu);
  note("scrape of /metrics, client and server: processor time", (user + system) / 1000 / rest.length, "ms");
  note("scrape of /metrics: shortest", Math.min(...rest), "ms");
  note("scrape of /metrics: median", median(rest), "ms");
  note("scrape of /metrics: longest", Math.max(...rest), "ms");
}

/** Processor time for one search: what is noted of it, and its part of what is done each minute. */
function costOfWatching(searchMs: number): number {
  const rounds = 100_000;
  const log = new QueryLog();
  const ledger = new CostLedger();
  const scales = new ConfidenceScales();
  const scores = Array.from({ length: 60 }, () => random());
  const cosine = confidenceScale(
    scores.map((score) => score + 1),
    scores,
  )!;
  scales.set(1, { cosine, crossEncoder: null, documents: 100, queries: 60, atMs: 0 });
  const startMs = Date.now();
  const noting = cpuMsOf(() => {
    for (let i = 0; i < rounds; i++) {
      const confidence = scales.confidenceOf(1, { cosine: 0.4 }) ?? 1;
      const observation = {
        ...{ latencyMs: 10 + (i % 50), results: 10, topScore: 0.4, gap: 0.02, cache: "miss" as const },
        ...{ isDegraded: false, isLowConfidence: confidence < 0.65 },
      };
      log.record(observation, 1, startMs + i);
      ledger.add({ tenant: "", model: "m" }, { texts: 1, tokens: 8, cpuMs: 1 }, startMs);
    }
  });
  const alerts = new AlertKeeper();
  const rules = alertRules({ rules: [] }, cosine);
  const minutes = 200;
  const stepping = cpuMsOf(() => {
    for (let i = 0; i < minutes; i++) {
      const nowMs = startMs + i * 60_000;
      log.record({ latencyMs: 10, results: 1, isDegraded: false, isLowConfidence: false }, 1, nowMs);
      alerts.step(rules, (last) => log.summary(nowMs, last), nowMs);
      log.takeMinutes(nowMs);
    }
  });
  const searchesPerMinute = 60_000 / searchMs;
  return noting / rounds + stepping / minutes / searchesPerMinute;
}

function costOfSampling(): number {
  const sampler = new RowSampler(256);
  const documents = 200_000;
  const ms = cpuMsOf(() => {
    for (let i = 0; i < documents; i++) sampler.offer([{ row: i, norm: 1 }]);
  });
  return ms / documents;
}

/** Each collection as a library: its own queries have answers, those of the others have none. */
async function measureConfidence(): Promise<void> {
  const collections = join(packageRoot, "..", "shared", "data", "eval");
  if (!existsSync(collections)) {
    console.error(`${collections} is absent: confidence is not measured.`);
    return;
  }
  const names = ["cisi", "cranfield", "medline", "scifact"];
  const read = <T>(name: string, file: string): T[] =>
    readFileSync(join(collections, name, `${file}.jsonl`), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  const queriesOf = (name: string) => read<{ text: string }>(name, "queries").map(({ text }) => text);
  for (const home of names) {
    for (const crossEncoder of [undefined, null]) {
      const kind = crossEncoder === null ? "cosines" : "reranked";
      const library = join(folder, `${home}-${kind}`);
      await using engine = await openEngine({ library, ...(crossEncoder === null ? { crossEncoder } : {}) });
      const corpus = read<{ title?: string; text: string }>(home, "corpus").slice(0, 1000);
      await engine.put(corpus.map(({ title, text }, i) => ({ id: String(i), ...(title ? { title } : {}), text })));
      await engine.monitor.check();
      const { confidence } = (await engine.monitor.overview()).queries;
      if (confidence === null) {
        console.error(`${home}, ${kind}: scores do not tell`);
        continue;
      }
      const others = names.filter((name) => name !== home).flatMap((name) => queriesOf(name).slice(0, 20));
      note(
        `${home}, ${kind}: own queries of low confidence`,
        await lowShare(engine, queriesOf(home).slice(0, 60)),
        "%",
      );
      note(`${home}, ${kind}: queries of the others of low confidence`, await lowShare(engine, others), "%");
    }
  }
}

async function lowShare(engine: Engine, queries: readonly string[]): Promise<number> {
  let low = 0;
  for (const query of queries) {
    const { confidence = 1 } = await engine.search({ query });
    if (confidence < 0.65) low++;
  }
  return (100 * low) / queries.length;
}
