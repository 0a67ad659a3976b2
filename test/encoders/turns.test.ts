import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "../../src/encoders/turns.js";

const never = new AbortController().signal;

function signal(): { sent: Promise<void>; send: () => void } {
  let send = () => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  return { sent, send };
}

test("a query overtakes a bulk job between two of its steps, and bulk jobs keep their order", async () => {
  const turns = createTurns();
  const log: string[] = [];
  let query: Promise<string> | undefined;
  const job = async function* (name: string, steps: number) {
    for (let step = 0; step < steps; step++) {
      log.push(`${name}${step}`);
      if (name === "first" && step === 0) query = turns.take("interactive", job("query", 2), never);
      yield;
    }
    return name;
  };
  const results = await Promise.all([
    turns.take("bulk", job("first", 3), never),
    turns.take("bulk", job("second", 1), never),
  ]);
  assert.deepEqual(results, ["first", "second"]);
  assert.equal(await query, "query");
  assert.deepEqual(log, ["first0", "query0", "query1", "first1", "first2", "second0"]);
});

test("an aborted job ends before its next step and the others go on", async () => {
  const turns = createTurns();
  const abort = new AbortController();
  let steps = 0;
  const endless = async function* (): AsyncGenerator<void, never> {
    for (;;) {
      if (++steps === 3) abort.abort();
      yield;
    }
  };
  const other = async function* () {
    yield;
    return "done";
  };
  const aborted = turns.take("bulk", endless(), abort.signal);
  const finished = turns.take("bulk", other(), never);
  await assert.rejects(aborted, { code: "ABORTED" });
  assert.equal(steps, 3);
  assert.equal(await finished, "done");
});

test("a job that fails rejects its own caller only", async () => {
  const turns = createTurns();
  const failing = async function* (): AsyncGenerator<void, void> {
    yield;
    throw new RangeError("row");
  };
  const fine = async function* () {
    yield;
    return 1;
  };
  const failed = turns.take("bulk", failing(), never);
  const fulfilled = turns.take("bulk", fine(), never);
  await assert.rejects(failed, RangeError);
  assert.equal(await fulfilled, 1);
  assert.equal(await turns.take("interactive", fine(), never), 1);
});

test("closing lets the running step end and refuses what waits", async () => {
  const turns = createTurns();
  const started = signal();
  const gate = signal();
  let ended = false;
  const slow = async function* () {
    started.send();
    await gate.sent;
    ended = true;
    yield;
    return 1;
  };
  const running = turns.take("bulk", slow(), never);
  const waiting = turns.take("bulk", slow(), never);
  await started.sent;
  const closed = turns.close().then(() => assert.ok(ended));
  gate.send();
  await assert.rejects(running, { code: "CLOSED" });
  await assert.rejects(waiting, { code: "CLOSED" });
  await closed;
  await assert.rejects(turns.take("interactive", slow(), never), { code: "CLOSED" });
});
