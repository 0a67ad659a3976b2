// Ingests, updates and removes documents, vacuums, makes snapshots and migrates, all at once and in an order that a seed decides, and
// tells each beginning and each acknowledgement, until it is killed.
//   node loop-process.js SETTINGS (JSON), with an IPC channel

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Engine, LodestoneError, openEngine } from "../../src/index.js";
import { type Random, randomFrom } from "../vectors/random-vectors.js";
import { type Changes, type LoopMessage, type LoopSettings, nameOf, tenant } from "./loop-protocol.js";

const { library, files, snapshots, seed, round, onDisk } = JSON.parse(process.argv[2]!) as LoopSettings;

const IDS = 12;
const FILES = 8;
const subjects = "lakes hills roads ships bread keys stars rivers clocks letters gardens engines".split(" ");

// Resolves when the message has left: a kill afterwards does not take it back.
const tell = (message: LoopMessage) =>
  new Promise<void>((resolve, reject) =>
    process.send!(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );

process.on("disconnect", () => process.exit(1));
process.on("unhandledRejection", (reason) => void fail(reason));

async function fail(error: unknown): Promise<void> {
  await tell({ kind: "wrong", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

let texts = 0;
let calls = 0;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const some = (random: Random, most: number) => 1 + Math.floor(random() * most);

/** A text with a word that no other has. */
function newText(random: Random): { text: string; word: string } {
  const word = `unique${round}x${texts++}`;
  const sentences = Array.from(
    { length: some(random, 9) },
    (_, i) => `Sentence ${i} speaks of ${pick(random, subjects)} and of ${pick(random, subjects)} at some length.`,
  );
  sentences.splice(Math.floor(random() * sentences.length), 0, `The word ${word} is said here alone.`);
  return { text: sentences.join(" "), word };
}

async function acknowledged(changes: Changes, isWhole: boolean, change: () => Promise<unknown>): Promise<void> {
  const call = calls++;
  await tell({ kind: "begin", call, changes, isWhole });
  await change();
  await tell({ kind: "done", call });
}

/** What was acknowledged is found at once, whichever generation answers. */
async function expectFound(view: Pick<Engine, "search">, id: string, word: string): Promise<void> {
  const { hits } = await view.search({ query: word, mode: "lexical" });
  if (hits[0]?.id !== id)
    throw new Error(`"${word}" was put into ${id}; a search finds ${JSON.stringify(hits[0]?.id)}`);
}

/** Documents of a tenant, or of nobody; no other work has the same ids of the same owner. */
async function changeDocuments(engine: Engine, owner: string, prefix: string, random: Random): Promise<void> {
  const view = owner === "" ? engine : engine.tenant(owner);
  for (;;) {
    const ids = [...new Set(Array.from({ length: some(random, 3) }, () => `${prefix}${Math.floor(random() * IDS)}`))];
    const written = ids.map((id) => ({ id, ...newText(random) }));
    const changes = Object.fromEntries(written.map(({ id, text }) => [nameOf(owner, id), text]));
    const documents = written.map(({ id, text }) => ({ id, text }));
    const kind = random();
    if (kind < 0.55) {
      await acknowledged(changes, true, () => view.put(documents));
      const { id, word } = written[0]!;
      await expectFound(view, id, word);
    } else if (kind < 0.75) {
      await acknowledged(changes, false, () => view.submit({ kind: "put", documents }));
    } else {
      const gone = Object.fromEntries(ids.map((id) => [nameOf(owner, id), null]));
      await acknowledged(gone, true, () => view.remove(ids));
    }
  }
}

async function changeFiles(engine: Engine, random: Random): Promise<void> {
  mkdirSync(files, { recursive: true });
  const folder = basename(files);
  for (;;) {
    // A kill may have left files that were never indexed: all that are there count as changes.
    const changes: Changes = {};
    for (let n = 0; n < FILES; n++) {
      const path = join(files, `f${n}.txt`);
      changes[`${folder}/f${n}.txt`] = existsSync(path) ? readFileSync(path, "utf8") : null;
    }
    const changed = Array.from({ length: some(random, 4) }, () => `${folder}/f${Math.floor(random() * FILES)}.txt`);
    for (const id of changed) changes[id] = random() < 0.7 ? newText(random).text : null;
    await acknowledged(changes, false, async () => {
      for (const id of changed) {
        const path = join(files, basename(id));
        const text = changes[id]!;
        if (text === null) rmSync(path, { force: true });
        else {
          // Never half a file.
          writeFileSync(`${files}.new`, text);
          renameSync(`${files}.new`, path);
        }
      }
      await engine.ingestPaths([files]);
    });
    await wait(random() * 30);
  }
}

async function vacuum(engine: Engine, random: Random): Promise<void> {
  for (;;) {
    await wait(random() * 300);
    await engine.vacuum({
      cache: random() < 0.3,
      onProgress: ({ phase }) => void tell({ kind: "step", what: `vacuum of ${phase}` }),
    });
    await tell({ kind: "step", what: "vacuum is over" });
  }
}

async function makeSnapshots(engine: Engine, random: Random): Promise<void> {
  for (;;) {
    await wait(random() * 400);
    const onProgress = ({ stage }: { stage: string }) => void tell({ kind: "step", what: `snapshot of ${stage}` });
    const { name } = await engine.snapshot({ directory: snapshots, onProgress });
    await tell({ kind: "snapshot", name });
    await engine.snapshots.prune({ last: 2 });
  }
}

async function migrate(engine: Engine, random: Random): Promise<void> {
  const chunkings = [32, 40, 48, 64].map((maxTokens) => ({ maxTokens, overlapTokens: maxTokens % 3 === 0 ? 8 : 0 }));
  const { migration } = engine;
  for (;;) {
    await wait(random() * 40);
    const status = await migration.status();
    const state = status?.state ?? "ended";
    const can: Record<typeof state, readonly ("start" | "split" | "promote" | "rollback" | "finish" | "wait")[]> = {
      ended: ["start", "wait"],
      filling: ["wait", "wait", "wait", "promote", "finish"],
      ready: ["split", "split", "promote", "promote", "finish"],
      split: ["split", "rollback", "promote", "promote", "wait"],
      promoted: ["rollback", "finish", "finish", "wait"],
    };
    const verb = pick(random, can[state]);
    await tell({ kind: "step", what: `${verb} of a migration that is ${state}` });
    try {
      if (verb === "start") {
        const { chunking } = (await engine.status()).generation;
        await migration.start(
          pick(
            random,
            chunkings.filter(({ maxTokens }) => maxTokens !== chunking.maxTokens),
          ),
        );
      } else if (verb === "split") await migration.split(pick(random, [10, 25, 50, 100]));
      else if (verb === "promote") await migration.promote();
      else if (verb === "rollback") await migration.rollback();
      else if (verb === "finish") await migration.finish();
    } catch (error) {
      // Documents are written all the while.
      if (!(error instanceof LodestoneError) || error.code !== "MIGRATION_INCOMPLETE") throw error;
    }
    await tell({ kind: "step", what: `${verb} is over` });
  }
}

const engine = await openEngine({
  library,
  crossEncoder: null,
  vacuum: { auto: false },
  queue: { maxBatch: 16, maxWaitMs: 20 },
  migration: { load: 1 },
  vectors: { onDisk },
  snapshotDirectory: snapshots,
});
await tell({ kind: "step", what: "open is over" });
const works = [
  (random: Random) => changeDocuments(engine, "", "a", random),
  (random: Random) => changeDocuments(engine, "", "b", random),
  (random: Random) => changeDocuments(engine, tenant, "a", random),
  (random: Random) => changeFiles(engine, random),
  (random: Random) => vacuum(engine, random),
  (random: Random) => makeSnapshots(engine, random),
  (random: Random) => migrate(engine, random),
];
works.forEach((work, i) => {
  work(randomFrom(seed + i * 7919)).catch(fail);
});
