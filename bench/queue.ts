// npm run bench:queue [-- --documents 4000] [-- --job 100] [-- --rounds 7] [-- --json]
// What the queue costs: the same documents through the pipeline alone (batches, encoder, library) and put as jobs that are
// stored before they are acknowledged. Both run in this process with the same settings, round by round, in turns; the best rounds
// of each are compared, which other load on the machine has disturbed least. Embedding time is what the encoder's thread computes.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../src/clock.js";
import { type BiEncoder, openBiEncoder, openCatalogue, openTokenizer } from "../src/encoders/index.js";
import { modelDirectories } from "../src/engine/index.js";
import type { BatchJob } from "../src/ingest/batch.js";
import { Batcher } from "../src/ingest/batcher.js";
import { openDuplicateGuard } from "../src/ingest/duplicate-guard.js";
import { embedPassages } from "../src/ingest/embed-passages.js";
import { incomingDocument } from "../src/ingest/incoming-document.js";
import { openPreparer } from "../src/ingest/prepare.js";
import { Queue } from "../src/ingest/queue.js";
import { openWriter } from "../src/store/index.js";
import { collectParagraphs, makeDocuments } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "4000" },
    job: { type: "string", default: "100" },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean" },
  },
});
const jobSize = Number(values.job);
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-queue-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const documents = [...makeDocuments(collectParagraphs(), Number(values.documents))];
const model = openCatalogue(modelDirectories()).find("bi-encoder", "minilex-embed-en");
const encoder = await openBiEncoder(model);
const limits = { passages: 512, tokens: 131_072, concurrency: 2 };
type Round = { wallMs: number; cpuMs: number; embedMs: number };

let libraries = 0;
async function measure(work: (parts: ReturnType<typeof openParts>) => Promise<void>): Promise<Round> {
  const parts = openParts(encoder);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work(parts);
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  parts.writer.close();
  rmSync(parts.library, { recursive: true });
  return { wallMs, cpuMs: (user + system) / 1000, embedMs: parts.embedMs() };
}

function openParts({ embed }: BiEncoder) {
  const library = join(folder, `library-${++libraries}`);
  const writer = openWriter(library);
  const generation = writer.generation({
    modelName: model.manifest.name,
    modelVersion: model.version,
    dimensions: model.dimensions,
    maxTokens: 256,
    overlapTokens: 32,
  });
  const preparer = openPreparer(writer.db, generation, openTokenizer(model));
  const stop = new AbortController();
  let embedMs = 0;
  const timed: BiEncoder["embed"] = async (...call) => {
    const embeddings = await embed(...call);
    embedMs += embeddings.ms;
    return embeddings;
  };
  return {
    library,
    writer,
    generation: () => generation,
    signal: stop.signal,
    preparer: () => preparer,
    duplicates: openDuplicateGuard(writer.db),
    embedMs: () => embedMs,
    embed: (passages: readonly string[], options: { fresh: boolean }) =>
      embedPassages(passages, options, {
        encoder: async () => ({ embed: timed }),
        cache: undefined,
        space: { tenant: "", modelVersion: generation.modelVersion, kind: "passage" },
        dimensions: generation.dimensions,
        signal: stop.signal,
      }),
  };
}

/** The pipeline alone. `oneByOne`: as many documents as a job has, until they are written, then the next. */
const direct = (oneByOne: boolean) =>
  measure(async ({ writer, generation, preparer, duplicates, embed, signal }) => {
    const job: BatchJob = {
      sequence: 1,
      tenant: "",
      force: false,
      isUrgent: false,
      isAlone: false,
      isLastTry: false,
      isTolerant: false,
      failure: undefined,
      stopped: false,
      cancelled: false,
      failedFiles: new Set(),
      failedDocuments: 0,
      onDuplicate: "keep",
      skip: () => undefined,
      refuse(_, error) {
        throw error;
      },
    };
    const batcher = new Batcher(
      {
        generation,
        preparer,
        duplicates,
        embed,
        signal,
        write: writer.write,
        earliestJob: () => 1,
        draft: () => undefined,
        adopt: () => undefined,
        lost: () => undefined,
        onRoom: () => undefined,
        now: Date.now,
      },
      limits,
    );
    const settle = async () => {
      await batcher.flush();
      await batcher.settled();
    };
    for (const [n, document] of documents.entries()) {
      await batcher.add(job, { kind: "document", document: incomingDocument(document) });
      if (oneByOne && (n + 1) % jobSize === 0) await settle();
    }
    await settle();
    if (job.failure !== undefined) throw job.failure;
  });

/** The same as jobs: each waited for before the next is put, or all submitted and then waited for. */
const queued = (oneByOne: boolean) =>
  measure(async ({ writer, generation, preparer, duplicates, embed }) => {
    const jobs = Math.ceil(documents.length / jobSize);
    let ended = 0;
    let look: () => void = () => undefined;
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        look = () => {
          if (ended >= count) resolve();
        };
        look();
      });
    const queue = new Queue({
      writer,
      generation,
      preparer,
      duplicates,
      embed,
      settings: { ...limits, maxJobs: 100_000, maxBytes: 2 ** 31, maxWaitMs: 100, paused: false },
      clock: systemClock,
      random: Math.random,
      emit(event) {
        if (event.kind !== "job" || event.job.state !== "done") return;
        ended++;
        look();
      },
    });
    queue.start();
    for (let n = 0; n < jobs; n++) {
      const part = documents.slice(n * jobSize, (n + 1) * jobSize);
      // As the engine does it, on the caller's thread there.
      const payload = new TextEncoder().encode(JSON.stringify({ kind: "put", documents: part }));
      const submission = { tenant: "", kind: "put", subject: "", total: part.length, payload } as const;
      if (oneByOne) {
        await queue.submit({ ...submission, priority: "interactive", ticket: n });
        await until(n + 1);
      } else await queue.submit({ ...submission, priority: "bulk", ticket: undefined });
    }
    await until(jobs);
    await queue.stop();
  });

const ways = [
  { name: "one put after the other", oneByOne: true },
  { name: "all submitted at once", oneByOne: false },
];
const rounds = ways.map(() => ({ direct: [] as Round[], queued: [] as Round[] }));
// The first round of each warms the compiler and is not counted.
for (let n = 0; n <= Number(values.rounds); n++) {
  for (const [way, { oneByOne }] of ways.entries()) {
    const [first, second] = n % 2 === 0 ? (["direct", "queued"] as const) : (["queued", "direct"] as const);
    for (const which of [first, second]) {
      const round = await (which === "direct" ? direct(oneByOne) : queued(oneByOne));
      if (n > 0) rounds[way]![which].push(round);
    }
  }
}
await encoder.close();

const least = (all: readonly Round[], what: keyof Round) => Math.min(...all.map((round) => round[what]));
const figures = new Figures();
figures.note("documents", documents.length, "");
figures.note("documents in a job", jobSize, "");
for (const [way, { name }] of ways.entries()) {
  const { direct: alone, queued: through } = rounds[way]!;
  const embedMs = least([...alone, ...through], "embedMs");
  figures.note(`${name}: embedding time`, embedMs, "ms");
  for (const [what, label] of [
    ["wallMs", "wall"],
    ["cpuMs", "processor"],
  ] as const) {
    const overheadMs = least(through, what) - least(alone, what);
    figures.note(`${name}: pipeline alone, ${label}`, least(alone, what), "ms");
    figures.note(`${name}: through the queue, ${label}`, least(through, what), "ms");
    figures.note(`${name}: overhead, ${label}, of embedding time`, (100 * overheadMs) / embedMs, "%");
    figures.note(`${name}: overhead, ${label}, of the whole`, (100 * overheadMs) / least(alone, what), "%");
  }
}
if (values.json) figures.printJson({ rounds });
