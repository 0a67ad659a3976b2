// The law of the queue: whatever the priorities, the failures and the restarts, the library ends as if the jobs had been done one
// after the other in the order of their submission.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DocumentInput } from "../../src/ingest/index.js";
import { type Bench, openBench } from "./queue-under-test.js";

type Operation = {
  kind: "put" | "remove";
  ids: string[];
  /** Puts with the same text on which the model does not fail bring the same document. */
  text: number;
  priority: "interactive" | "bulk";
  /** How often the model fails on it; from 5 on it is parked, and retried in the end. */
  failures: number;
  /** Turns of the event loop before the next one is submitted. */
  pause: number;
};

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom("put" as const, "put" as const, "remove" as const),
  ids: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 3 }),
  text: fc.nat({ max: 3 }),
  priority: fc.constantFrom("interactive" as const, "bulk" as const),
  failures: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 5)),
  pause: fc.nat({ max: 12 }),
});

/** Makes the model fail on the texts of `operations` as often as they say. */
function failAsAsked(bench: Bench, left: Map<string, number>): void {
  bench.beforeEmbed = ({ texts }) => {
    for (const text of texts) {
      const [mark] = /mark \d+/.exec(text) ?? [];
      const failures = left.get(mark ?? "") ?? 0;
      if (failures === 0) continue;
      left.set(mark!, failures - 1);
      throw new Error(`fails on ${mark}`);
    }
  };
}

const over = ({ reader }: Bench) => {
  const { queued, running } = reader.queueDepth();
  return queued + running === 0;
};

const contentOf = ({ text, failures }: Operation, n: number) =>
  failures > 0 ? `mark ${n} text ${text}` : `text ${text}`;

async function submit(bench: Bench, operations: readonly Operation[], run: string, first: number): Promise<void> {
  for (const [n, each] of operations.entries()) {
    const { kind, ids, text, priority, pause } = each;
    const names = ids.map((id) => `${run}${id}`);
    if (kind === "remove") await bench.remove(names, { priority });
    else {
      const documents = names.map((id): DocumentInput => ({ id, title: `t${text}`, text: contentOf(each, first + n) }));
      await bench.put(documents, { priority });
    }
    for (let turn = 0; turn < pause; turn++) {
      bench.clock.turn(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function expectedOf(operations: readonly Operation[], run: string): Record<string, string> {
  const library = new Map<string, string>();
  for (const [n, each] of operations.entries()) {
    for (const id of each.ids) {
      if (each.kind === "put") library.set(`${run}${id}`, contentOf(each, n));
      else library.delete(`${run}${id}`);
    }
  }
  return Object.fromEntries(library);
}

const failuresOf = (operations: readonly Operation[]) =>
  new Map(operations.map(({ failures }, n) => [`mark ${n}`, failures]));

async function finish(bench: Bench): Promise<void> {
  await bench.turnUntil(() => over(bench));
  while (bench.reader.queueDepth().failed > 0) {
    bench.queue.retryFailed();
    await bench.turnUntil(() => over(bench));
  }
}

function textsOf(bench: Bench, run: string): Record<string, string> {
  return Object.fromEntries(Object.entries(bench.texts()).filter(([id]) => id.startsWith(run)));
}

function assertWhole({ reader }: Bench): void {
  assert.equal(reader.rows(0, 100_000).rows.length, reader.counts().chunks);
}

test("a later put or removal of a document never loses to an earlier one", async (t) => {
  const bench = await openBench(t, { passages: 3, random: Math.random });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 10 }), async (operations) => {
      const run = `${++runs}/`;
      failAsAsked(bench, failuresOf(operations));
      await submit(bench, operations, run, 0);
      await finish(bench);
      assert.deepEqual(textsOf(bench, run), expectedOf(operations, run));
      assertWhole(bench);
    }),
    { numRuns: 60, includeErrorInReport: true },
  );
});

test("and not when the queue is stopped and opened again in between", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 2, maxLength: 6 }),
      fc.array(operation, { minLength: 1, maxLength: 4 }),
      async (before, after) => {
        const operations = [...before, ...after];
        const left = failuresOf(operations);
        let bench = await openBench(t, { passages: 2 });
        failAsAsked(bench, left);
        await submit(bench, before, "", 0);
        await bench.stop();
        bench = await openBench(t, { library: bench.library, passages: 2 });
        failAsAsked(bench, left);
        await submit(bench, after, "", before.length);
        await finish(bench);
        assert.deepEqual(bench.texts(), expectedOf(operations, ""));
        assertWhole(bench);
        await bench.stop();
      },
    ),
    { numRuns: 5, includeErrorInReport: true },
  );
});
