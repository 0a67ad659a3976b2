// Reranking under a time limit, with a model that is made slow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createTurns } from "../../src/encoders/turns.js";
import { LodestoneError } from "../../src/errors.js";
import { RerankPace } from "../../src/retrieval/rerank-pace.js";
import { rerankStage } from "../../src/retrieval/rerank-stage.js";
import type { SearchRooms } from "../../src/retrieval/search.js";

const fused = Array.from({ length: 60 }, (_, row) => ({ row, score: 1 - row / 60, lexicalNorm: 0, denseNorm: 0 }));
const weights = { logitWeight: 1, firstStageWeight: 0 };

/** A model that scores passage n with n, so that the last one read comes first. `before` is awaited for each call. */
function roomsWith(
  before: (passages: readonly string[], signal: AbortSignal) => Promise<void>,
  pace = new RerankPace(() => clock.ms ?? performance.now()),
) {
  const calls: number[] = [];
  const rooms = {
    reader: {
      call: async (_: string, { rows }: { rows: Uint32Array }) =>
        Array.from(rows, (row) => ({ row, title: "", headingPath: [], text: String(row) })),
    },
    crossEncoder: {
      async score(_: string, passages: readonly string[], { signal }: { signal: AbortSignal }) {
        calls.push(passages.length);
        await before(passages, signal);
        return Float32Array.from(passages, (text) => Number(text.trim()));
      },
    },
    rerankPace: pace,
  } as unknown as SearchRooms;
  return { rooms, calls, pace };
}

// Set while a test says what time it is.
const clock: { ms?: number } = {};

/** As if the model had been met before. */
function met(pace: RerankPace, passages: number, ms: number): void {
  clock.ms = 0;
  const call = pace.begin(passages);
  clock.ms = ms;
  call.done();
  delete clock.ms;
}

const options = { query: "q", depth: 50, weights, limitMs: 10_000, signal: undefined };

test("with time enough all passages are read, best first, and the rest keeps its order", async () => {
  const { rooms, calls, pace } = roomsWith(async () => undefined);
  const { ranking, depth, degraded } = await rerankStage(rooms, fused, options);
  assert.equal(depth, 50);
  assert.deepEqual(degraded, []);
  assert.equal(calls[0], 16);
  assert.equal(
    calls.reduce((sum, n) => sum + n, 0),
    50,
  );
  assert.deepEqual(
    ranking.map(({ candidate }) => candidate.row),
    [...Array.from({ length: 50 }, (_, i) => 49 - i), ...Array.from({ length: 10 }, (_, i) => 50 + i)],
  );
  assert.ok(pace.msPerPassage! >= 0);
});

test("a model that stalls after its first slice leaves that slice reranked, and the answer says how deep it went", async () => {
  const { rooms, calls } = roomsWith((passages, signal) =>
    passages[0]!.trim() === "0"
      ? Promise.resolve()
      : new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new LodestoneError("ABORTED", "stopped"))),
        ),
  );
  const { ranking, depth, degraded } = await rerankStage(rooms, fused, { ...options, limitMs: 1000 });
  assert.equal(depth, 16);
  assert.equal(calls.length, 2);
  assert.deepEqual(
    degraded.map(({ stage }) => stage),
    ["rerank"],
  );
  assert.match(degraded[0]!.reason, /^16 of the best 50 hits were reranked: the time limit of 1000 ms/);
  assert.equal(ranking[0]!.candidate.row, 15);
  assert.deepEqual(
    ranking.slice(16).map(({ candidate }) => candidate.row),
    Array.from({ length: 44 }, (_, i) => 16 + i),
  );
  assert.ok(ranking.slice(16).every(({ rerank }) => rerank === undefined));
});

test("a slow model is read as deep as its pace allows, deeper than nothing and less deep than all", async () => {
  const { rooms, pace } = roomsWith((passages) => delay(passages.length * 100));
  // 50 passages take five seconds, the limit is a fifth of that.
  met(pace, 10, 1000);
  const { depth, degraded } = await rerankStage(rooms, fused, { ...options, limitMs: 1000 });
  assert.ok(depth >= 1 && depth <= 10, String(depth));
  assert.match(degraded[0]!.reason, new RegExp(`^${depth} of the best 50`));
});

test("a model that is never in time degrades to the fused order, and the next search asks for less", async () => {
  const { rooms, calls } = roomsWith(
    (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))),
  );
  const first = await rerankStage(rooms, fused, { ...options, limitMs: 50 });
  assert.equal(first.depth, 0);
  assert.deepEqual(
    first.ranking.map(({ candidate }) => candidate),
    fused,
  );
  assert.match(first.degraded[0]!.reason, /^the best hits were not reranked/);
  await rerankStage(rooms, fused, { ...options, limitMs: 50 });
  assert.ok(calls[1]! < calls[0]!);
});

test("a model that fails degrades too; a caller who leaves is told so", async () => {
  const { rooms } = roomsWith(() => Promise.reject(new LodestoneError("WORKER_FAILED", "the model is gone")));
  assert.match((await rerankStage(rooms, fused, options)).degraded[0]!.reason, /the model is gone/);
  const gone = roomsWith(() => Promise.reject(new LodestoneError("ABORTED", "stopped")));
  await assert.rejects(rerankStage(gone.rooms, fused, { ...options, signal: AbortSignal.abort() }));
});

test("where many search at once each is read less deep, and none is left out", async () => {
  const turns = createTurns();
  // 50 passages of 100 searches take ten seconds and more, all have two.
  const { rooms, pace } = roomsWith((passages, signal) => {
    const job = async function* (): AsyncGenerator<void, void> {
      for (let read = 0; read < passages.length; read += 4) {
        await delay(2 * Math.min(4, passages.length - read));
        yield;
      }
    };
    return turns.take("interactive", job(), signal, passages.length);
  });
  met(pace, 10, 20);
  const searches = Array.from({ length: 100 }, () => rerankStage(rooms, fused, { ...options, limitMs: 2000 }));
  const depths = (await Promise.all(searches)).map(({ depth }) => depth);
  assert.ok(
    depths.every((depth) => depth >= 1),
    depths.join(" "),
  );
  assert.ok(depths.some((depth) => depth < 50));
  // Those that come when all is quiet again are read whole.
  assert.equal((await rerankStage(rooms, fused, { ...options, depth: 20 })).depth, 20);
});
