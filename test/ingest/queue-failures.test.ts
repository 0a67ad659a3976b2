// What the queue does about models that fail, jobs that cannot be done, and processes that end.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { type Bench, document, LIMIT_MS, openBench } from "./queue-under-test.js";

/** Puts everything through one batch: jobs that nobody waits for are joined. */
async function putTogether(bench: Bench, texts: Record<string, string>) {
  const jobs = [];
  for (const [id, text] of Object.entries(texts)) jobs.push(await bench.put([document(id, text)]));
  return jobs;
}

const stateOf = (bench: Bench, { id }: { id: string }) => bench.reader.job(id)?.state;

function assertWhole(bench: Bench): void {
  const { rows } = bench.reader.rows(0, 10_000);
  assert.equal(rows.length, bench.reader.counts().chunks, "each chunk has its vector");
}

for (const [what, does, message] of [
  ["throws", "throws", /the model threw/],
  ["not finite", "gives NaN", /gave NaN/],
  ["ends", "ends its thread", /stopped unexpectedly/],
] as const) {
  test(`a model that ${does} at one document: its job is tried five times and parked, the others of the batch are done`, async (t) => {
    const bench = await openBench(t);
    const jobs = await putTogether(bench, { good: "one", poison: `two [${what}]`, fine: "three" });
    const [good, poison, fine] = jobs as [(typeof jobs)[0], (typeof jobs)[0], (typeof jobs)[0]];
    await bench.turnUntil(() => stateOf(bench, good) === "done" && stateOf(bench, fine) === "done");
    assert.notEqual(stateOf(bench, poison), "failed", "it has tries left");
    await bench.turnUntil(() => stateOf(bench, poison) === "failed");
    const parked = bench.reader.job(poison.id)!;
    assert.equal(parked.attempts, 5);
    assert.match(parked.error!.message, message);
    assert.match(parked.error!.message, /"poison"/);
    assert.deepEqual(Object.keys(bench.texts()).sort(), ["fine", "good"]);
    assertWhole(bench);
    // After the first one together, it was tried alone.
    const tries = bench.calls.filter(({ texts }) => texts.some((text) => text.includes(`[${what}]`)));
    assert.ok(tries.slice(1).every(({ texts }) => texts.length === 1));
  });
}

test("a model that hangs is stopped after its time, and what else was with it goes on", async (t) => {
  const bench = await openBench(t, { passages: 2 });
  const poison = await bench.put([document("poison", "[hangs]"), document("beside", "quiet")]);
  const next = await bench.put([document("next 1"), document("next 2")]);
  let hung = 0;
  bench.beforeEmbed = ({ texts }) => {
    if (texts.some((text) => text.includes("[hangs]"))) hung++;
  };
  await bench.until(() => hung === 1 && bench.calls.length === 2);
  // The second batch waits behind the one that hangs. It is not to blame.
  bench.clock.turn(LIMIT_MS);
  await bench.turnUntil(() => stateOf(bench, next) === "done");
  assert.deepEqual(Object.keys(bench.texts()).sort(), ["next 1", "next 2"]);
  while (stateOf(bench, poison) !== "failed") {
    const before = hung;
    await bench.turnUntil(() => hung > before || stateOf(bench, poison) === "failed");
    if (hung > before) bench.clock.turn(LIMIT_MS);
  }
  assert.match(bench.reader.job(poison.id)!.error!.message, /took longer than/);
  assert.equal(bench.reader.job(poison.id)!.attempts, 5);
  assert.deepEqual(Object.keys(bench.texts()).sort(), ["next 1", "next 2"], "all of a put, or none");
  assertWhole(bench);
});

test("delays double and are drawn at random below their bound, and a job that gets done after some is done", async (t) => {
  const drawn = [0.25, 1, 0.5, 0.125];
  let draws = 0;
  const bench = await openBench(t, { random: () => drawn[draws++]! });
  let failures = 4;
  bench.beforeEmbed = () => {
    if (failures-- > 0) throw new Error("not now");
  };
  const job = await bench.put([document("a")], { ticket: 1 });
  for (const [n, boundMs] of [500, 1_000, 2_000, 4_000].entries()) {
    await bench.until(() => draws === n + 1);
    const waiting = await bench.when(job, "queued");
    assert.deepEqual([waiting.attempts, waiting.error?.code], [n + 1, "INTERNAL"]);
    const delayMs = Date.parse(waiting.nextAttemptAt!) - bench.clock.now();
    assert.equal(delayMs, drawn[n]! * boundMs);
    bench.clock.turn(delayMs);
  }
  assert.equal((await bench.outcome(1)).kind, "put");
  const done = await bench.when(job, "done");
  assert.deepEqual([done.attempts, done.error, done.result.written], [5, undefined, 1]);
});

test("a failed job is listed with its error, done when it is retried, and gone when it is dismissed", async (t) => {
  const bench = await openBench(t);
  let isMended = false;
  bench.beforeEmbed = () => {
    if (!isMended) throw new Error("the model is out of order");
  };
  const [first, second, third] = await putTogether(bench, { a: "one", b: "two", c: "three" });
  await bench.turnUntil(() => bench.reader.queueDepth().failed === 3);
  const { jobs } = bench.reader.jobs({ state: "failed", offset: 0, limit: 10 });
  assert.ok(jobs.every(({ error }) => error?.message.includes("out of order")));
  assert.equal(bench.queue.cancel(third!.id).state, "cancelled");
  isMended = true;
  assert.equal(bench.queue.retry(first!.id).state, "queued");
  await bench.turnUntil(() => stateOf(bench, first!) === "done");
  assert.deepEqual(
    bench.queue.retryFailed().map(({ id }) => id),
    [second!.id],
  );
  await bench.turnUntil(() => stateOf(bench, second!) === "done");
  assert.deepEqual(Object.keys(bench.texts()).sort(), ["a", "b"]);
  assert.equal(bench.queue.retry(third!.id).state, "cancelled", "what was dismissed stays so");
});

test("a job that can never succeed is parked at once; where somebody waits, he is told and it is not kept", async (t) => {
  const bench = await openBench(t);
  const nowhere = join(temporaryFolder(), "nowhere");
  const unattended = await bench.paths([nowhere]);
  await bench.turnUntil(() => stateOf(bench, unattended) === "failed");
  const parked = bench.reader.job(unattended.id)!;
  assert.deepEqual([parked.attempts, parked.error?.code], [1, "PATH_NOT_FOUND"]);
  const attended = await bench.paths([nowhere], { ticket: 1 });
  const outcome = await bench.outcome(1);
  assert.equal(outcome.kind === "error" && outcome.error.code, "PATH_NOT_FOUND");
  assert.equal((await bench.when(attended, "cancelled")).error?.code, "PATH_NOT_FOUND");
});

test("of a folder with a file that the model fails on, the rest is indexed; mended, the retry brings that file alone", async (t) => {
  const folder = temporaryFolder();
  for (let i = 0; i < 20; i++) writeFileSync(join(folder, `${i}.txt`), `File number ${i}.`);
  writeFileSync(join(folder, "poison.txt"), "This one [throws].");
  const bench = await openBench(t);
  const job = await bench.paths([folder]);
  await bench.turnUntil(() => stateOf(bench, job) === "failed");
  const parked = bench.reader.job(job.id)!;
  assert.match(parked.error!.message, /poison\.txt.*the model threw/);
  assert.deepEqual([parked.done, parked.total, parked.result.written], [20, 21, 20]);
  assert.equal(Object.keys(bench.texts()).length, 20);
  assertWhole(bench);
  const before = bench.calls.length;
  writeFileSync(join(folder, "poison.txt"), "This one is mended.");
  bench.queue.retry(job.id);
  await bench.turnUntil(() => stateOf(bench, job) === "done");
  const done = bench.reader.job(job.id)!;
  assert.deepEqual([done.done, done.total, done.result.written, done.result.files?.read], [21, 21, 21, 21]);
  assert.deepEqual(
    bench.calls.slice(before).map(({ texts }) => texts.length),
    [1],
  );
});

test("a model that fails on everything is given up after some documents, not after all", async (t) => {
  const folder = temporaryFolder();
  for (let i = 0; i < 200; i++) writeFileSync(join(folder, `${i}.txt`), `File number ${i}.`);
  const bench = await openBench(t);
  bench.beforeEmbed = () => {
    throw new Error("out of order");
  };
  const job = await bench.paths([folder]);
  await bench.turnUntil(() => stateOf(bench, job) === "failed");
  assert.equal(bench.reader.counts().documents, 0);
  // 8 documents of 200 found one by one: at most 8 + 8 * log2(200) calls a try.
  assert.ok(bench.calls.length < 5 * 80, String(bench.calls.length));
});

test("jobs go on after the queue was stopped in the middle, and nothing that was committed is embedded again", async (t) => {
  const bench = await openBench(t, { passages: 4, concurrency: 1 });
  const documents = Array.from({ length: 20 }, (_, i) => document(`d${i}`));
  const job = await bench.put(documents);
  const queued = await bench.put([document("later")]);
  let release: () => void = () => undefined;
  bench.beforeEmbed = () => (bench.calls.length <= 2 ? undefined : new Promise<void>((resolve) => (release = resolve)));
  await bench.until(() => bench.calls.length === 3);
  await bench.until(() => bench.events.filter(({ kind }) => kind === "written").length === 2);
  const embedded = new Set(bench.calls.slice(0, 2).flatMap(({ texts }) => texts));
  release();
  await bench.stop();
  const again = await openBench(t, { library: bench.library });
  await again.turnUntil(() => [job, queued].every((each) => stateOf(again, each) === "done"));
  assert.ok(again.calls.flatMap(({ texts }) => texts).every((text) => !embedded.has(text)));
  const done = again.reader.job(job.id)!;
  assert.deepEqual([done.done, done.result.written, done.result.embedded], [20, 20, 20]);
  assert.equal(Object.keys(again.texts()).length, 21);
  assertWhole(again);
});

test("a job in the middle of which the process ends again and again is parked", async (t) => {
  const bench = await openBench(t, { paused: true });
  const job = await bench.put([document("a")]);
  await bench.stop();
  const { openWriter } = await import("../../src/store/writer.js");
  for (const attempts of [4, 5]) {
    const writer = openWriter(bench.library);
    writer.jobs.save([{ ...writer.jobs.find(1)!, state: "running", attempts }]);
    writer.close();
    const again = await openBench(t, { library: bench.library, paused: true });
    assert.equal(stateOf(again, job), attempts === 5 ? "failed" : "queued");
    await again.stop();
  }
});
