// Alarm rates of the embedding health on real text of four domains, and what each computation costs.
//
//   node dist/bench/quality.js [--splits 3] [--looks 12]
//
// Honest: batches of the library's own domain. Foreign: of another. Mixed: a part of the batch is foreign. Each split draws another
// baseline. Times are CPU times: the machine may be shared.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBiEncoder, openCatalogue } from "../src/encoders/index.js";
import { packageRoot } from "../src/package-root.js";
import { limitsFor } from "../src/quality/calibrate-health.js";
import {
  calibrateConfidence,
  calibrateHealthSteps,
  coherence,
  type EmbeddingSample,
  EmbeddingSampler,
  embeddingHealthSteps,
  finish,
  type HealthCalibration,
  type HealthReport,
  mmdSteps,
  type QueryObservation,
  QueryWindow,
  sampleOf,
} from "../src/quality/index.js";
import { mulberry32 } from "./corpus.js";

const { values: flags } = parseArgs({
  options: { splits: { type: "string", default: "3" }, looks: { type: "string", default: "12" } },
});
const splits = Number(flags.splits);
const looks = Number(flags.looks);
const folder = join(packageRoot, "..", "shared", "data", "eval");
const names = ["cranfield", "cisi", "medline", "scifact"] as const;
type Name = (typeof names)[number];

if (!existsSync(folder)) {
  console.error(`${folder} is absent: nothing to measure on.`);
  process.exit(2);
}

const random = mulberry32(1);
const shuffle = <T>(items: T[]): T[] => {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
};

function cpuMs<T>(work: () => T): { ms: number; result: T } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, result };
}

function readLines<T>(name: Name, file: string): T[] {
  const lines = readFileSync(join(folder, name, `${file}.jsonl`), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}

const encoder = await openBiEncoder(openCatalogue([join(packageRoot, "models")]).find("bi-encoder"));
const { dimensions } = encoder;
const documentTexts = {} as Record<Name, string[]>;
const documents = {} as Record<Name, Float32Array>;
const queries = {} as Record<Name, Float32Array>;
for (const name of names) {
  const texts = shuffle(
    readLines<{ title?: string; text: string }>(name, "corpus")
      .filter(({ text }) => text.length > 200)
      .map(({ title = "", text }) => `${title} ${text}`),
  ).slice(0, 1000);
  documentTexts[name] = texts;
  documents[name] = (await encoder.embed(texts, "passage")).vectors;
  const questions = readLines<{ text: string }>(name, "queries").map(({ text }) => text);
  queries[name] = (await encoder.embed(questions, "query")).vectors;
}

async function embedTexts(texts: string[]): Promise<EmbeddingSample> {
  return sampleOf((await encoder.embed(texts, "passage")).vectors, { dimensions });
}

function take(vectors: Float32Array, rows: readonly number[]): EmbeddingSample {
  const taken = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries()) {
    taken.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  }
  return sampleOf(taken, { dimensions });
}

const rowsOf = (vectors: Float32Array) => Array.from({ length: vectors.length / dimensions }, (_, row) => row);
const baselineRows = 256;
const sizes = [16, 32, 64, 128];

type Tally = { looks: number; alarms: number; critical: number; chance: number };
const tallies = new Map<string, Tally>();

function count(key: string, report: HealthReport, calibration: HealthCalibration): void {
  const tally = tallies.get(key) ?? { looks: 0, alarms: 0, critical: 0, chance: 0 };
  tallies.set(key, tally);
  tally.looks++;
  if (report.status !== "healthy") tally.alarms++;
  if (report.status === "critical") tally.critical++;
  const { figures } = report;
  if (!figures) return;
  const limits = limitsFor(calibration, figures.currentRows);
  const change = figures.coherence - figures.baselineCoherence;
  const exceeds =
    figures.meanDistance > limits.meanDistance ||
    figures.mmdSquared > limits.mmdSquared ||
    -change > limits.coherenceFall ||
    change > limits.coherenceRise;
  if (exceeds) tally.chance++;
}

let calibrationMs = 0;
for (const home of names) {
  for (let split = 0; split < splits; split++) {
    const order = shuffle(rowsOf(documents[home]));
    const baseline = take(documents[home], order.slice(0, baselineRows));
    const rest = order.slice(baselineRows);
    const { ms, result: calibration } = cpuMs(() =>
      finish(calibrateHealthSteps(baseline, { seed: split + 1, maxRows: 128 })),
    );
    calibrationMs += ms / (splits * names.length);
    if (!calibration) continue;
    const look = (key: string, current: EmbeddingSample) =>
      count(key, finish(embeddingHealthSteps(baseline, current, { calibration, permutations: 199 })), calibration);
    for (const rows of sizes) {
      for (let i = 0; i < looks; i++) {
        look(`honest, ${rows} rows`, take(documents[home], shuffle(rest).slice(0, rows)));
      }
      for (const other of names) {
        if (other === home) continue;
        const foreign = take(documents[other], shuffle(rowsOf(documents[other])).slice(0, rows));
        const isNear = [home, other].every((name) => name === "medline" || name === "scifact");
        look(`foreign${isNear ? " (medline and scifact)" : ""}, ${rows} rows`, foreign);
      }
    }
    for (const share of [0.1, 0.25, 0.5]) {
      const [other] = shuffle(names.filter((name) => name !== home));
      const own = Math.round(64 * (1 - share));
      const mixed = new Float32Array(64 * dimensions);
      mixed.set(take(documents[home], shuffle(rest).slice(0, own)).vectors);
      mixed.set(
        take(documents[other!], shuffle(rowsOf(documents[other!])).slice(0, 64 - own)).vectors,
        own * dimensions,
      );
      look(`mixed, ${100 * share} % foreign, 64 rows`, sampleOf(mixed, { dimensions }));
    }
    // Why one chunk of each document is sampled: texts are cut into eight, and the baseline holds one piece of each.
    const pieces = (row: number) => eighths(documentTexts[home][row]!);
    const onePieceEach = (rows: readonly number[]) => rows.map((row) => pieces(row)[row % 8]!);
    const cut = await embedTexts(onePieceEach(order.slice(0, baselineRows)));
    const cutCalibration = finish(calibrateHealthSteps(cut, { seed: split + 1, maxRows: 128 }));
    if (!cutCalibration) continue;
    const lookAtPieces = async (key: string, texts: string[]) => {
      const options = { calibration: cutCalibration, permutations: 199 };
      count(key, finish(embeddingHealthSteps(cut, await embedTexts(texts), options)), cutCalibration);
    };
    for (let i = 0; i < looks / 2; i++) {
      await lookAtPieces("honest, 64 chunks of 64 documents", onePieceEach(shuffle(rest).slice(0, 64)));
      await lookAtPieces("honest, 64 chunks of 8 documents", shuffle(rest).slice(0, 8).flatMap(pieces));
    }
  }
}

function eighths(text: string): string[] {
  const words = text.split(" ");
  const length = Math.ceil(words.length / 8);
  return Array.from({ length: 8 }, (_, i) => words.slice(i * length, (i + 1) * length).join(" ") || text);
}

const percent = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`;
console.log("| batches | looks | alarms | critical | beyond chance alone |\n|---|---:|---:|---:|---:|");
for (const [key, { looks: all, alarms, critical, chance }] of tallies) {
  console.log(`| ${key} | ${all} | ${percent(alarms, all)} | ${percent(critical, all)} | ${percent(chance, all)} |`);
}

console.log(
  "\n| library | queries of | low-confidence threshold | misses | false | AUC |\n|---|---|---:|---:|---:|---:|",
);
for (const home of names) {
  const best = (vectors: Float32Array) =>
    rowsOf(vectors).map((query) => {
      let top = -1;
      for (let start = 0; start < documents[home].length; start += dimensions) {
        let dot = 0;
        for (let d = 0; d < dimensions; d++) dot += vectors[query * dimensions + d]! * documents[home][start + d]!;
        top = Math.max(top, dot);
      }
      return top;
    });
  const others = names.filter((name) => name !== home);
  const found = calibrateConfidence(
    best(queries[home]),
    others.flatMap((name) => best(queries[name])),
  );
  if (!found) continue;
  const { threshold, missRate, falseRate, auc } = found;
  const cells = [
    home,
    "the three others",
    threshold.toFixed(3),
    missRate.toFixed(3),
    falseRate.toFixed(3),
    auc.toFixed(3),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

console.log("\n| computation | CPU ms |\n|---|---:|");
const show = (name: string, ms: number) => console.log(`| ${name} | ${ms < 1 ? ms.toPrecision(2) : ms.toFixed(0)} |`);
show(`calibration, baseline 256 x ${dimensions}, 2,000 replicates (mean)`, calibrationMs);
const large = take(documents.scifact, rowsOf(documents.scifact).slice(0, 512));
show(
  `calibration, baseline 512 x ${dimensions}, 2,000 replicates`,
  cpuMs(() => finish(calibrateHealthSteps(large))).ms,
);
const [x, y] = [0, 500].map((from) => take(documents.scifact, rowsOf(documents.scifact).slice(from, from + 500)));
for (const permutations of [0, 200]) {
  const times = Array.from({ length: 5 }, () => cpuMs(() => finish(mmdSteps(x!, y!, { permutations }))).ms);
  show(`MMD, 500 x 500 x ${dimensions}, ${permutations} permutations (best of 5)`, Math.min(...times));
}
const slices: number[] = [];
for (const steps = mmdSteps(x!, y!); ; ) {
  const { ms, result } = cpuMs(() => steps.next());
  slices.push(ms);
  if (result.done) break;
}
slices.sort((a, b) => a - b);
show(`its slices (${slices.length}): median`, slices[slices.length >> 1]!);
show("its slices: longest", slices.at(-1)!);
show(
  `coherence of 1,000 x ${dimensions}`,
  cpuMs(() => coherence(take(documents.scifact, rowsOf(documents.scifact)))).ms,
);
const sampler = new EmbeddingSampler({ dimensions });
const offers = cpuMs(() => {
  for (let i = 0; i < 200_000; i++) sampler.offer(x!.vectors.subarray(0, dimensions), 1);
});
show("offering a vector to a sample", offers.ms / 200_000);
const window = new QueryWindow();
const observation: QueryObservation = {
  latencyMs: 12.5,
  results: 10,
  topScore: 0.6,
  gap: 0.05,
  cache: "miss",
  isDegraded: false,
  isLowConfidence: false,
};
const records = cpuMs(() => {
  for (let i = 0; i < 200_000; i++) window.record({ ...observation, latencyMs: i % 900 }, i * 18);
});
show("recording a query", records.ms / 200_000);
show("summary of 60 minutes", cpuMs(() => Array.from({ length: 200 }, () => window.summary(3_600_000))).ms / 200);
await encoder.close();
