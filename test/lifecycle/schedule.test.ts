import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Clock } from "../../src/clock.js";
import { scheduleSnapshots } from "../../src/engine/snapshot-schedule.js";
import type { SnapshotMade } from "../../src/lifecycle/index.js";
import { type ScheduleOptions, startSchedule } from "../../src/lifecycle/schedule.js";
import { coded } from "../end-to-end/temporary.js";

const HOUR = 3_600_000;

/** A clock that stands still until it is told how long to wait for, and says when somebody waits. */
function openClock(nowMs: number) {
  let waiting: { ms: number; work: () => void } | undefined;
  let noted: (() => void) | undefined;
  const clock: Clock & { turn(): Promise<number> } = {
    now: () => nowMs,
    after(ms, work) {
      waiting = { ms, work };
      noted?.();
      return () => {
        waiting = undefined;
      };
    },
    /** Lets the time pass that is being waited for, and tells how long that was. */
    async turn() {
      if (!waiting)
        await new Promise<void>((resolve) => {
          noted = resolve;
        });
      const { ms, work } = waiting!;
      waiting = undefined;
      nowMs += ms;
      work();
      return ms;
    },
  };
  return clock;
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function scheduled(t: TestContext, options: Partial<ScheduleOptions> & { startMs?: number; lastMs?: number }) {
  const clock = openClock(options.startMs ?? 100 * HOUR);
  let lastMs = options.lastMs;
  const runs: number[] = [];
  const failures: unknown[] = [];
  const schedule = startSchedule({
    everyMs: 10 * HOUR,
    clock,
    lastDoneMs: async () => lastMs,
    run: async () => {
      runs.push(clock.now() / HOUR);
      lastMs = clock.now();
    },
    onFailure: (error) => failures.push(error),
    ...options,
  });
  t.after(() => schedule.close());
  return { clock, runs, failures, schedule };
}

test("what was never done is done at once, and then every interval", async (t) => {
  const { clock, runs } = scheduled(t, {});
  await clock.turn();
  assert.deepEqual(runs, [100]);
  await clock.turn();
  assert.deepEqual(runs, [100, 110]);
  await clock.turn();
  assert.deepEqual(runs, [100, 110, 120]);
});

test("what is overdue at the start is done at once; what is not waits for the rest of its interval", async (t) => {
  const late = scheduled(t, { lastMs: 80 * HOUR });
  await late.clock.turn();
  assert.deepEqual(late.runs, [100]);
  const early = scheduled(t, { lastMs: 96 * HOUR });
  assert.equal(await early.clock.turn(), 6 * HOUR);
  await early.clock.turn();
  assert.deepEqual(early.runs, [106]);
});

test("what another process has done meanwhile counts", async (t) => {
  const times = [95, 104].map((hours) => hours * HOUR);
  const { clock, runs } = scheduled(t, { lastDoneMs: async () => times.shift() ?? 104 * HOUR });
  assert.equal(await clock.turn(), 5 * HOUR);
  assert.equal(await clock.turn(), 9 * HOUR);
  assert.deepEqual(runs, []);
});

test("a run that fails is reported and tried again after a tenth of the interval, an hour at most", async (t) => {
  const run = () => Promise.reject(new Error("no room"));
  const { clock, failures } = scheduled(t, { run });
  assert.equal(await clock.turn(), HOUR);
  await clock.turn();
  assert.equal(failures.length, 2);
  const short = scheduled(t, { run, everyMs: HOUR });
  assert.equal(await short.clock.turn(), HOUR / 10);
});

test("closing ends the wait, and a run in progress is told", async (t) => {
  const { clock, schedule, runs } = scheduled(t, { lastMs: 99 * HOUR });
  await schedule.close();
  assert.deepEqual(runs, []);
  assert.equal(clock.now(), 100 * HOUR);
  let told = false;
  const running = deferred<void>();
  const busy = scheduled(t, {
    run: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          told = true;
          reject(new Error("stopped"));
        });
        running.resolve();
      }),
  });
  await running.promise;
  await busy.schedule.close();
  assert.deepEqual([told, busy.failures], [true, []]);
});

test("snapshots by the clock: each is followed by pruning, with the policy that was asked for", async (t) => {
  const clock = openClock(100 * HOUR);
  const made: string[] = [];
  const pruned: unknown[] = [];
  const told = deferred<[string, string[]]>();
  const engine = {
    snapshot: async () => {
      made.push(new Date(clock.now()).toISOString());
      return { name: "new" } as SnapshotMade;
    },
    snapshots: {
      last: async () => (made.length === 0 ? undefined : { createdAt: made.at(-1)! }),
      prune: async (policy: unknown) => {
        pruned.push(policy);
        return { removed: ["old"], kept: ["new"], damaged: [] };
      },
    },
  } as unknown as Parameters<typeof scheduleSnapshots>[0];
  const schedule = scheduleSnapshots(engine, {
    everyMs: 24 * HOUR,
    keep: { last: 3 },
    clock,
    onMade: ({ name }, removed) => told.resolve([name, removed]),
    onFailure: told.reject,
  });
  t.after(() => schedule.close());
  assert.deepEqual(await told.promise, ["new", ["old"]]);
  await clock.turn();
  assert.deepEqual(pruned, [{ last: 3 }]);
  assert.throws(
    () => scheduleSnapshots(engine, { everyMs: HOUR, keep: {}, onFailure: () => undefined }),
    coded("INVALID_INPUT"),
  );
});
