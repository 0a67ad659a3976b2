// The jobs on the page: the list that is kept up to date, the stream that it is kept by, and jobs in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Job, JobState } from "../../src/web/api/jobs.js";
import { jobStates } from "../../src/web/api/jobs.js";
import type { Source } from "../../src/web/jobs/follow-jobs.js";
import { followJobs, reconnectAfterMs } from "../../src/web/jobs/follow-jobs.js";
import { extended, listingOf, updated } from "../../src/web/jobs/job-listing.js";
import { progressWords, queueWords, resultWords } from "../../src/web/jobs/job-words.js";

const nothing = { written: 0, unchanged: 0, removed: 0, moved: 0, missing: 0, superseded: 0, chunks: 0, embedded: 0 };

function job(sequence: number, fields: Partial<Job> = {}): Job {
  return {
    id: `j${String(sequence).padStart(10, "0")}`,
    kind: "put",
    priority: "bulk",
    state: "queued",
    subject: `document ${sequence}`,
    done: 0,
    total: 1,
    bytes: 10,
    attempts: 0,
    createdAt: "2026-01-01T00:00:00.000Z",
    result: nothing,
    ...fields,
  };
}

const page = (jobs: Job[], total: number) => ({ jobs, total, offset: 0, limit: 50 });

test("whatever changes, the list is what the server would list now", () => {
  const change = fc.record({ sequence: fc.integer({ min: 1, max: 30 }), state: fc.constantFrom(...jobStates) });
  const wanted = fc.option(fc.constantFrom(...jobStates), { nil: undefined });
  fc.assert(
    fc.property(fc.array(change), fc.array(change), wanted, (before, after, state) => {
      const server = new Map<string, Job>();
      const list = () =>
        [...server.values()]
          .filter((each) => state === undefined || each.state === state)
          .sort((a, b) => (a.id < b.id ? 1 : -1));
      for (const each of before) server.set(job(each.sequence).id, job(each.sequence, { state: each.state }));
      // The first page holds everything here: new jobs have higher numbers than all that are known.
      let listing = listingOf(page(list(), list().length));
      for (const each of after) {
        const changed = job(each.sequence, { state: each.state });
        server.set(changed.id, changed);
        listing = updated(listing, changed, state);
      }
      assert.deepEqual(listing.jobs, list());
      assert.equal(listing.total, list().length);
    }),
  );
});

test("a job on a page that was not asked for is counted and not shown", () => {
  const listing = listingOf(page([job(9), job(8)], 5));
  assert.deepEqual(updated(listing, job(3), undefined), { jobs: listing.jobs, total: 6 });
});

test("a further page adds what is not there yet", () => {
  const listing = extended(listingOf(page([job(9), job(8)], 4)), page([job(8), job(7)], 4));
  assert.deepEqual(
    listing.jobs.map(({ id }) => id),
    [job(9).id, job(8).id, job(7).id],
  );
});

test("jobs are told in words", () => {
  assert.equal(progressWords(job(1, { kind: "paths", total: null })), undefined);
  assert.equal(progressWords(job(1, { kind: "paths", done: 40, total: 1_200 })), "40 of 1,200 files");
  assert.equal(progressWords(job(1, { done: 1, total: 1 })), "1 document");
  const result = { ...nothing, written: 12, superseded: 1, chunks: 40, skipped: 2 };
  assert.equal(resultWords(job(1, { result })), "12 written, 1 superseded, 2 skipped, 40 passages");
  assert.equal(resultWords(job(1)), "");
  assert.equal(queueWords({ running: 2, queued: 1_000, failed: 0 }), "2 running, 1,000 queued, 0 failed");
});

/** A stream that the test speaks for. */
function streams() {
  const opened: { say(event: string, data?: unknown): void; state: number; isClosed: boolean }[] = [];
  const open = (url: string): Source => {
    assert.equal(url, "/v1/jobs/events");
    const listeners = new Map<string, ((event: unknown) => void)[]>();
    const stream = {
      state: 0,
      isClosed: false,
      say(event: string, data?: unknown) {
        for (const listener of listeners.get(event) ?? []) listener({ data: JSON.stringify(data) });
      },
    };
    opened.push(stream);
    return {
      get readyState() {
        return stream.state as 0 | 1 | 2;
      },
      addEventListener(event: string, listener: unknown) {
        listeners.set(event, [...(listeners.get(event) ?? []), listener as (event: unknown) => void]);
      },
      close() {
        stream.isClosed = true;
      },
    };
  };
  return { opened, open };
}

test("each connection begins with what there is; one that was refused is tried again, and none after the end", () => {
  const { opened, open } = streams();
  const heard: unknown[] = [];
  const timers: { work: () => void; ms: number }[] = [];
  const depth = { queued: 1, running: 0, failed: 0, bytes: 10 };
  const end = followJobs(
    {
      onConnected: (queue) => heard.push(["connected", queue]),
      onJob: ({ id }) => heard.push(["job", id]),
      onQueue: (queue) => heard.push(["queue", queue]),
      onConnection: (connection) => heard.push(connection),
    },
    open,
    (work, ms) => timers.push({ work, ms }),
  );
  const [first] = opened;
  first!.say("snapshot", { jobs: [], queue: depth });
  first!.say("job", job(1));
  first!.say("queue", depth);
  assert.deepEqual(heard, ["connecting", "live", ["connected", depth], ["job", job(1).id], ["queue", depth]]);
  heard.length = 0;

  first!.say("error");
  assert.deepEqual([heard.splice(0), timers.length], [["lost"], 0], "the browser connects again by itself");
  first!.say("snapshot", { jobs: [], queue: depth });
  assert.deepEqual(heard.splice(0), ["live", ["connected", depth]]);

  first!.state = 2;
  first!.say("error");
  assert.deepEqual(
    timers.map(({ ms }) => ms),
    [reconnectAfterMs],
  );
  timers[0]!.work();
  assert.equal(opened.length, 2);
  end();
  heard.length = 0;
  assert.ok(opened[1]!.isClosed);
  opened[1]!.say("job", job(2));
  opened[1]!.say("error");
  assert.deepEqual(heard, []);
});

test("every state has its place in the list of states", () => {
  const states: readonly JobState[] = ["queued", "running", "done", "failed", "cancelled"];
  assert.deepEqual([...jobStates].sort(), [...states].sort());
});
