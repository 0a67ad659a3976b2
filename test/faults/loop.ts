// The loop of kills: a process that does everything to a library at once is killed at a random moment; whatever it had acknowledged must
// be as it was acknowledged, and the library whole. Round after round with the same library.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../src/errors.js";
import { type Engine, openEngine, verifySnapshot } from "../../src/index.js";
import { listSnapshotFolders } from "../../src/lifecycle/snapshot-folder.js";
import { type Random, randomFrom } from "../vectors/random-vectors.js";
import { type Changes, idOf, type LoopMessage, type LoopSettings, nameOf, ownerOf, tenant } from "./loop-protocol.js";
import { assertWholeLibrary } from "./whole-library.js";

export type LoopOptions = {
  /** An empty folder. */
  folder: string;
  rounds: number;
  seed: number;
  onRound?(line: string): void;
  signal?: AbortSignal;
};

/** A call that was not acknowledged: it may have happened or not. */
type OpenCall = { changes: Changes; isWhole: boolean };

/** What is known of a library from what was told of it. */
type Knowledge = {
  texts: Map<string, string>;
  /** Every text that any document was ever to have. */
  past: Set<string>;
  open: OpenCall[];
  /** The last that was acknowledged, and those that were looked at. */
  snapshot: string | undefined;
  verified: Set<string>;
  /** Messages of the last process. */
  trace: string[];
};

// Of the kills some come while the library is being opened, most a few messages and milliseconds later.
const OPENING_SHARE = 0.15;
const OPENING_MS = 2_000;
const MESSAGES = 120;
const MOST_DELAY_MS = 25;
/** Who says nothing for so long has come to a stop. */
const SILENCE_MS = 120_000;
const SEARCHED = 6;

/** What was done in all rounds, and how often, as it was told. Throws AssertionError with seed and round. */
export async function killLoop({ folder, rounds, seed, onRound, signal }: LoopOptions): Promise<Map<string, number>> {
  const tally = new Map<string, number>();
  const known: Knowledge = {
    texts: new Map(),
    past: new Set(),
    open: [],
    snapshot: undefined,
    verified: new Set(),
    trace: [],
  };
  for (let round = 0; round < rounds; round++) {
    const random = randomFrom(seed * 1_000_003 + round);
    const settings: LoopSettings = {
      library: join(folder, "library"),
      files: join(folder, "files"),
      snapshots: join(folder, "snapshots"),
      seed: Math.floor(random() * 2 ** 31),
      round,
      onDisk: random() < 0.3,
    };
    try {
      await runAndKill(settings, known, random, signal);
      const summary = await check(settings, known, random);
      for (const name of known.trace.flatMap(doneBy)) tally.set(name, (tally.get(name) ?? 0) + 1);
      onRound?.(`round ${round + 1} of ${rounds}: killed after ${known.trace.length} messages; ${summary}`);
    } catch (error) {
      signal?.throwIfAborted();
      const last = known.trace.slice(-12).join("\n  ");
      const message = `seed ${seed}, round ${round + 1}: ${messageOf(error)}\nIts last messages:\n  ${last}`;
      throw new assert.AssertionError({ message, operator: "killLoop" });
    }
  }
  return tally;
}

/** What a message says is over. */
function doneBy(message: string): string[] {
  const [, verb] = /^(\w+) is over$/.exec(message) ?? [];
  if (verb) return verb === "wait" ? [] : [verb];
  const [, kind] = /^(done|snapshot) [\d-]/.exec(message) ?? [];
  return kind ? [kind] : [];
}

/** Runs the process until it is killed, and learns what it tells. */
async function runAndKill(
  settings: LoopSettings,
  known: Knowledge,
  random: Random,
  signal?: AbortSignal,
): Promise<void> {
  const program = fileURLToPath(new URL("./loop-process.js", import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const kill = () => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  const open = new Map<number, OpenCall>();
  const wrong: string[] = [];
  let left = 1 + Math.floor(random() ** 2 * MESSAGES);
  const delayMs = random() * MOST_DELAY_MS;
  const opening = random() < OPENING_SHARE ? setTimeout(kill, random() * OPENING_MS) : undefined;
  const silence = setTimeout(() => {
    wrong.push(`Nothing was told for ${SILENCE_MS / 1000} s.`);
    kill();
  }, SILENCE_MS);
  known.trace = [];
  child.on("message", (message: LoopMessage) => {
    silence.refresh();
    known.trace.push(described(message));
    switch (message.kind) {
      case "begin":
        open.set(message.call, message);
        for (const text of Object.values(message.changes)) if (text !== null) known.past.add(text);
        break;
      case "done":
        for (const [id, text] of Object.entries(open.get(message.call)!.changes)) {
          if (text === null) known.texts.delete(id);
          else known.texts.set(id, text);
        }
        open.delete(message.call);
        break;
      case "snapshot":
        known.snapshot = message.name;
        break;
      case "wrong":
        wrong.push(message.message);
        kill();
        break;
      case "step":
        break;
      default:
        message satisfies never;
    }
    if (--left === 0) setTimeout(kill, delayMs);
  });
  // All that it had said is read by then.
  await once(child, "close");
  signal?.removeEventListener("abort", kill);
  clearTimeout(opening);
  clearTimeout(silence);
  assert.deepEqual(wrong, []);
  assert.equal(child.signalCode, "SIGKILL", `it ended by itself with ${child.exitCode}`);
  known.open = [...open.values()];
}

/** Opens the library and holds it against what is known of it, which it brings up to date. */
async function check({ library, snapshots }: LoopSettings, known: Knowledge, random: Random): Promise<string> {
  const engine = await openEngine({
    library,
    crossEncoder: null,
    vacuum: { auto: false },
    migration: { load: 1 },
    vectors: { onDisk: random() < 0.3 },
  });
  let summary: string;
  try {
    await drained(engine);
    const found = await storedTexts(engine);
    assertExpected(found, known);
    known.texts = found;
    const { library: counts, vectors } = await engine.status();
    assert.equal(counts.documents, found.size, "documents counted and listed");
    assert.equal(vectors.rows, counts.chunks, "each chunk has its vector");
    await assertFound(engine, known, random);
    const state = (await engine.migration.status())?.state ?? "none";
    summary = `${found.size} documents, ${counts.chunks} chunks, migration: ${state}`;
  } finally {
    await engine.close();
  }
  assertWholeLibrary(join(library, "lodestone.db"));
  await assertSnapshots(snapshots, known);
  return summary;
}

/** Jobs that were taken in are done before anything is compared. */
async function drained(engine: Engine): Promise<void> {
  const latestMs = Date.now() + SILENCE_MS;
  for (;;) {
    const { queued, running, failed } = await engine.jobs.depth();
    assert.equal(failed, 0, "no job has failed");
    if (queued + running === 0) break;
    assert.ok(Date.now() < latestMs, `${queued + running} jobs come to no end`);
    await wait(5);
  }
  // What they brought is in memory, too, when a later call is answered.
  await engine.remove(["nobody"]);
}

/** As its owner has it. */
const viewOf = (engine: Engine, owner: string) => (owner === "" ? engine : engine.tenant(owner));

async function storedTexts(engine: Engine): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const owner of ["", tenant]) {
    const view = viewOf(engine, owner);
    const { documents, total } = await view.list({ limit: 100_000 });
    const ids = documents.map(({ id }) => id);
    assert.deepEqual([new Set(ids).size, ids.length], [total, total], "listed and counted");
    for (const id of ids) found.set(nameOf(owner, id), (await view.get(id))!.text);
  }
  return found;
}

function assertExpected(found: ReadonlyMap<string, string>, { texts, open }: Knowledge): void {
  const ids = new Set([...found.keys(), ...texts.keys(), ...open.flatMap(({ changes }) => Object.keys(changes))]);
  for (const id of ids) {
    const begun = open.flatMap(({ changes }) => (id in changes ? [changes[id]!] : []));
    const allowed = [texts.get(id) ?? null, ...begun];
    const text = found.get(id) ?? null;
    assert.ok(allowed.includes(text), `${id} is ${JSON.stringify(text)}; expected one of ${JSON.stringify(allowed)}`);
  }
  for (const { changes } of open.filter(({ isWhole }) => isWhole)) {
    const telling = Object.entries(changes).filter(([id, text]) => (texts.get(id) ?? null) !== text);
    const happened = telling.map(([id, text]) => (found.get(id) ?? null) === text);
    assert.ok(new Set(happened).size <= 1, `all or nothing of ${JSON.stringify(changes)}: ${happened}`);
  }
}

/** A word of its own finds a document by words and by meaning, for its owner alone; the words of texts that are gone find nothing. */
async function assertFound(engine: Engine, { texts, past }: Knowledge, random: Random): Promise<void> {
  const sample = <T>(list: T[]) =>
    Array.from(
      { length: Math.min(SEARCHED, list.length) },
      () => list.splice(Math.floor(random() * list.length), 1)[0]!,
    );
  const wordOf = (text: string) => /unique\w+/.exec(text)![0];
  const byWord = async (owner: string, query: string) =>
    (await viewOf(engine, owner).search({ query, mode: "lexical" })).hits.map(({ id }) => id);
  for (const [name, text] of sample([...texts])) {
    const [owner, id, word] = [ownerOf(name), idOf(name), wordOf(text)];
    assert.deepEqual(await byWord(owner, word), [id], `"${word}" is in ${name}`);
    assert.deepEqual(await byWord(owner === "" ? tenant : "", word), [], `"${word}" is ${owner || "nobody"}'s alone`);
    const request = { query: word, mode: "dense", filter: { id }, limits: { embedMs: 60_000 } } as const;
    const { hits, degraded } = await viewOf(engine, owner).search(request);
    assert.deepEqual([hits[0]?.id, degraded], [id, []], `"${word}" by dense search`);
  }
  const stored = new Set(texts.values());
  for (const text of sample([...past].filter((text) => !stored.has(text)))) {
    for (const owner of ["", tenant]) assert.deepEqual(await byWord(owner, wordOf(text)), [], `"${wordOf(text)}"`);
  }
}

/** What is listed as a snapshot is one, and the last that was acknowledged is among them. */
async function assertSnapshots(directory: string, { snapshot, verified }: Knowledge): Promise<void> {
  const listed = await listSnapshotFolders(directory);
  assert.ok(
    snapshot === undefined || listed.some(({ name }) => name === snapshot),
    `the snapshot ${snapshot} was made`,
  );
  for (const { path, state, name } of listed) {
    if (verified.has(name)) continue;
    verified.add(name);
    assert.equal(state, "complete", path);
    const { ok, faults } = await verifySnapshot(path);
    assert.deepEqual([ok, faults], [true, []], path);
    assertWholeLibrary(join(path, "lodestone.db"));
  }
}

function described(message: LoopMessage): string {
  switch (message.kind) {
    case "begin":
      return `begin ${message.call}: ${Object.entries(message.changes)
        .map(([id, text]) => (text === null ? `-${id}` : id))
        .join(" ")}`;
    case "done":
      return `done ${message.call}`;
    case "step":
      return message.what;
    case "snapshot":
      return `snapshot ${message.name}`;
    case "wrong":
      return `wrong: ${message.message}`;
    default:
      return message satisfies never;
  }
}
