import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import type { Job } from "../../src/store/index.js";
import { openReader } from "../../src/store/reader.js";
import { document, openBench } from "./queue-under-test.js";

const coded = (code: string) => (error: unknown) => error instanceof LodestoneError && error.code === code;

/** A promise that the test resolves. */
function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("a submission is on the disk when it is acknowledged, and done with its result in the row", async (t) => {
  const bench = await openBench(t);
  const held = gate();
  bench.beforeEmbed = () => held.opened;
  const job = await bench.put([document("a"), document("b")], { priority: "interactive" });
  const other = openReader(bench.library);
  t.after(() => other.close());
  const stored = other.job(job.id);
  assert.deepEqual([stored?.kind, stored?.total, stored?.done], ["put", 2, 0]);
  assert.equal(other.counts().documents, 0);
  held.open();
  const done = await bench.when(job, "done");
  assert.deepEqual([done.done, done.attempts, done.result.written, done.result.embedded], [2, 1, 2, 2]);
  assert.deepEqual(other.job(job.id), done);
  assert.equal(other.counts().documents, 2);
});

test("documents of several jobs are embedded together, after the wait for company", async (t) => {
  const bench = await openBench(t);
  const jobs = [await bench.put([document("a")]), await bench.put([document("b")]), await bench.put([document("c")])];
  await bench.turnUntil(() => jobs.every(({ id }) => bench.reader.job(id)?.state === "done"));
  assert.deepEqual(
    bench.calls.map(({ texts }) => texts.length),
    [3],
  );
  assert.equal(bench.events.filter(({ kind }) => kind === "written").length, 1);
});

test("alone, a job without anybody who waits is done as well", async (t) => {
  const bench = await openBench(t);
  const startMs = bench.clock.now();
  const job = await bench.put([document("a")]);
  await bench.turnUntil(() => bench.reader.job(job.id)?.state === "done");
  assert.ok(bench.clock.now() - startMs >= 100);
});

test("nobody who waits is held back for company", async (t) => {
  const bench = await openBench(t);
  const waited = await bench.put([document("a")], { ticket: 1 });
  assert.deepEqual(await bench.outcome(1), {
    kind: "put",
    report: { written: 1, unchanged: 0, chunks: 1, embedded: 1 },
  });
  assert.equal((await bench.when(waited, "done")).priority, "bulk");
  await bench.when(await bench.put([document("b")], { priority: "interactive" }), "done");
});

test("interactive jobs are done before bulk, and each by age", async (t) => {
  const bench = await openBench(t, { passages: 1, concurrency: 1 });
  const held = gate();
  bench.beforeEmbed = () => held.opened;
  const bulk: Job[] = [];
  for (const id of ["bulk 1", "bulk 2", "bulk 3"]) bulk.push(await bench.put([document(id)]));
  await bench.until(() => bench.calls.length === 1);
  const interactive: Job[] = [];
  for (const id of ["now 1", "now 2"]) interactive.push(await bench.put([document(id)], { priority: "interactive" }));
  held.open();
  await bench.turnUntil(() => [...bulk, ...interactive].every(({ id }) => bench.reader.job(id)?.state === "done"));
  const order = bench.calls.map(({ texts }) => /(bulk|now) \d/.exec(texts[0]!)![0]);
  // One was with the encoder and one on its way there before the interactive ones came.
  assert.deepEqual(order.slice(-3), ["now 1", "now 2", "bulk 3"]);
});

test("the same document in jobs that overlap ends as the last one has it", async (t) => {
  const bench = await openBench(t);
  await bench.when(await bench.put([document("x", "first")], { ticket: 1 }), "done");
  const held = gate();
  bench.beforeEmbed = () => held.opened;
  await bench.put([document("x", "second")], { ticket: 2 });
  await bench.until(() => bench.calls.length === 2);
  // While "second" is with the encoder the library still has "first": it must not be taken for unchanged.
  const last = await bench.put([document("x", "first")], { ticket: 3 });
  held.open();
  await bench.when(last, "done");
  assert.deepEqual(bench.texts(), { x: "first" });
});

test("a document that comes just as it is stored wins over an earlier job that comes late", async (t) => {
  const bench = await openBench(t);
  await bench.when(await bench.put([document("x", "two")], { ticket: 1 }), "done");
  let failures = 1;
  bench.beforeEmbed = () => {
    if (failures-- > 0) throw new Error("not now");
  };
  const late = await bench.put([document("x", "one")], { ticket: 2 });
  await bench.until(() => bench.calls.length === 2);
  await bench.when(late, "queued");
  const same = await bench.put([document("x", "two")], { ticket: 3 });
  assert.equal((await bench.when(same, "done")).result.unchanged, 1);
  await bench.turnUntil(() => bench.reader.job(late.id)?.state === "done");
  assert.equal(bench.reader.job(late.id)?.result.superseded, 1);
  assert.deepEqual(bench.texts(), { x: "two" });
});

test("a removal does not wait for the encoder, and an earlier job does not bring the document back", async (t) => {
  const bench = await openBench(t);
  await bench.when(await bench.put([document("x", "old"), document("y")], { ticket: 1 }), "done");
  const held = gate();
  bench.beforeEmbed = () => held.opened;
  const put = await bench.put([document("x", "new"), document("z")], { ticket: 2 });
  await bench.until(() => bench.calls.length === 2);
  await bench.remove(["x", "z", "nobody"], { ticket: 3 });
  assert.deepEqual(await bench.outcome(3), { kind: "remove", report: { removed: ["x"], missing: ["z", "nobody"] } });
  assert.deepEqual(Object.keys(bench.texts()), ["y"]);
  held.open();
  const done = await bench.when(put, "done");
  assert.deepEqual(Object.keys(bench.texts()), ["y"]);
  assert.deepEqual([done.done, done.result.written, done.result.superseded], [2, 0, 2]);
  const again = await bench.put([document("x", "again")], { ticket: 4 });
  await bench.when(again, "done");
  assert.equal(bench.texts().x, "again");
});

test("what a later job has written, an earlier removal leaves", async (t) => {
  const bench = await openBench(t, { paused: true });
  await bench.remove(["x"]);
  await bench.put([document("x", "later")], { priority: "interactive" });
  await bench.stop();
  // Bulk comes last here: the interactive put is done before the removal that was submitted before it.
  const again = await openBench(t, { library: bench.library });
  await again.until(() => again.reader.queueDepth().queued + again.reader.queueDepth().running === 0);
  assert.deepEqual(again.texts(), { x: "later" });
});

test("documents that can never be taken are refused at once, and nothing is stored", async (t) => {
  const bench = await openBench(t);
  const bad = { id: "a", text: "x", modifiedAt: "yesterday" };
  await assert.rejects(bench.put([document("b"), bad]), coded("INVALID_INPUT"));
  await assert.rejects(bench.put([document("ü".repeat(1000))]), coded("INVALID_INPUT"));
  assert.equal(bench.reader.jobs({ offset: 0, limit: 10 }).total, 0);
});

test("a full queue refuses with when to come again, takes jobs that fit, and has room when jobs are gone", async (t) => {
  const bench = await openBench(t, { maxJobs: 2, maxBytes: 300, paused: true });
  const first = await bench.put([document("a")]);
  await bench.put([document("b")]);
  await assert.rejects(bench.put([document("c")]), (error: LodestoneError) => {
    assert.equal(error.code, "QUEUE_FULL");
    assert.ok((error.detail.retryAfterSeconds as number) >= 1);
    return true;
  });
  bench.queue.cancel(first.id);
  await bench.put([document("c")]);
  bench.queue.cancel((await bench.when(first, "cancelled")).id);
  await assert.rejects(bench.put([document("d", "x".repeat(400))]), coded("INVALID_INPUT"));
});

test("bytes bound the queue as well as jobs", async (t) => {
  const bench = await openBench(t, { maxBytes: 400, paused: true });
  await bench.put([document("a", "x".repeat(200))]);
  await assert.rejects(bench.put([document("b", "x".repeat(200))]), coded("QUEUE_FULL"));
  await bench.put([document("c")]);
});

test("submissions that come together are stored in the order of the calls", async (t) => {
  const bench = await openBench(t, { paused: true });
  const jobs = await Promise.all(
    Array.from({ length: 20 }, (_, i) => bench.put([document(`d${i}`, "x".repeat(i % 2 ? 50_000 : 10))])),
  );
  const ids = jobs.map(({ id }) => id);
  assert.deepEqual(ids, [...ids].sort());
});

test("a cancelled job brings nothing more and others go on; what is over is not cancelled", async (t) => {
  const bench = await openBench(t);
  const held = gate();
  bench.beforeEmbed = () => held.opened;
  const doomed = await bench.put([document("doomed")], { ticket: 1 });
  await bench.until(() => bench.calls.length === 1);
  const queued = await bench.put([document("queued")]);
  const other = await bench.put([document("other")], { ticket: 2 });
  assert.equal(bench.queue.cancel(doomed.id).state, "cancelled");
  assert.equal(bench.queue.cancel(queued.id).state, "cancelled");
  const outcome = await bench.outcome(1);
  assert.equal(outcome.kind === "error" && outcome.error.code, "ABORTED");
  held.open();
  await bench.when(other, "done");
  assert.deepEqual(Object.keys(bench.texts()), ["other"]);
  assert.equal(bench.queue.cancel(other.id).state, "done");
  assert.throws(() => bench.queue.cancel("j9999999999"), coded("NOT_FOUND"));
  assert.throws(() => bench.queue.cancel("nonsense"), coded("NOT_FOUND"));
});

test("finished jobs are forgotten beyond the last thousand and after a week; failed ones are not", async (t) => {
  const bench = await openBench(t, { paused: true });
  const failed = await bench.put([document("failed")]);
  await bench.stop();
  const { openWriter } = await import("../../src/store/writer.js");
  const writer = openWriter(bench.library);
  const row = writer.jobs.find(Number(failed.id.slice(1)))!;
  writer.jobs.save([{ ...row, state: "failed", finishedMs: 0 }]);
  const many = writer.jobs.submit(
    Array.from({ length: 1_010 }, () => ({
      tenant: "",
      kind: "put" as const,
      priority: "bulk" as const,
      subject: "x",
      bytes: 1,
      total: 1,
      createdMs: 0,
      compressed: new Uint8Array(1),
    })),
  );
  const nowMs = 10 * 24 * 3_600_000;
  const old = nowMs - 8 * 24 * 3_600_000;
  writer.jobs.save(many.map((job, i) => ({ ...job, state: "done", finishedMs: i >= 1_005 ? old : nowMs })));
  assert.equal(writer.jobs.prune(1_000, nowMs - 7 * 24 * 3_600_000), 15);
  const kept = openReader(bench.library);
  assert.equal(kept.jobs({ state: "done", offset: 0, limit: 1 }).total, 995);
  assert.equal(kept.jobs({ state: "failed", offset: 0, limit: 1 }).total, 1);
  kept.close();
  writer.close();
});
