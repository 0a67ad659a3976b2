import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
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

test("a short query that comes late is done before the long one that it meets", async () => {
  const turns = createTurns();
  const log: string[] = [];
  let short: Promise<void> | undefined;
  const job = async function* (name: string, steps: number): AsyncGenerator<void, void> {
    for (let step = 0; step < steps; step++) {
      log.push(`${name}${step}`);
      if (name === "long" && step === 1) short = turns.take("interactive", job("short", 2), never, 2);
      yield;
    }
  };
  await turns.take("interactive", job("long", 5), never, 5);
  await short;
  assert.deepEqual(log, ["long0", "long1", "short0", "short1", "long2", "long3", "long4"]);
});

test("law: every query is answered, equal ones in their order, and a long one however many short ones come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ work: fc.integer({ min: 1, max: 9 }), afterStep: fc.nat({ max: 60 }) }), { minLength: 1 }),
      async (queries) => {
        const turns = createTurns();
        const arrived: number[] = [];
        const ended: { query: number; step: number }[] = [];
        const answers: Promise<unknown>[] = [];
        let steps = 0;
        const arrive = () => {
          for (const [query, { work, afterStep }] of queries.entries()) {
            if (afterStep > steps || arrived.includes(query)) continue;
            arrived.push(query);
            const job = async function* () {
              for (let step = 0; step < work; step++) {
                steps++;
                arrive();
                yield;
              }
              ended.push({ query, step: steps });
            };
            answers.push(turns.take("interactive", job(), never, work));
          }
        };
        while (arrived.length < queries.length || answers.length > 0) {
          // Where nothing is left to do, the next one comes.
          const next = Math.min(...queries.filter((_, i) => !arrived.includes(i)).map(({ afterStep }) => afterStep));
          if (answers.length === 0) steps = Math.max(steps, next);
          arrive();
          await Promise.all(answers.splice(0));
        }
        assert.equal(ended.length, queries.length);
        for (const work of new Set(queries.map((query) => query.work))) {
          const ofWork = (query: number) => queries[query]!.work === work;
          assert.deepEqual(ended.map(({ query }) => query).filter(ofWork), arrived.filter(ofWork));
        }
      },
    ),
  );
});

test("a long query is overtaken by no more short ones than are as long together as it is", async () => {
  const turns = createTurns();
  const log: string[] = [];
  const job = async function* (name: string, steps: number): AsyncGenerator<void, void> {
    for (let step = 0; step < steps; step++) {
      log.push(name);
      yield;
    }
  };
  // Each of them asks the next at its end, as searches do that never stop.
  const endless = async (left: number): Promise<void> => {
    if (left === 0) return;
    await turns.take("interactive", job("short", 1), never, 1);
    await endless(left - 1);
  };
  await Promise.all([turns.take("interactive", job("long", 10), never, 10), endless(100)]);
  const first = log.lastIndexOf("long");
  assert.ok(log.slice(0, first).filter((name) => name === "short").length <= 10, log.join(" "));
});

test("a query that is given up while it waits takes no step", async () => {
  const turns = createTurns();
  const abort = new AbortController();
  const log: string[] = [];
  const job = async function* (name: string): AsyncGenerator<void, void> {
    for (let step = 0; step < 3; step++) {
      log.push(name);
      if (name === "first") abort.abort();
      yield;
    }
  };
  const first = turns.take("interactive", job("first"), never, 3);
  const given = turns.take("interactive", job("given up"), abort.signal, 3);
  const third = turns.take("interactive", job("third"), never, 3);
  await assert.rejects(given, { code: "ABORTED" });
  await Promise.all([first, third]);
  assert.deepEqual(log, ["first", "first", "first", "third", "third", "third"]);
});
