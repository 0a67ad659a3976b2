// The migration on the page: when it is asked about, the figures of both indexes compared, and all of it in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArmFigures, MigrationSide, MigrationStatus } from "../../src/web/api/migration.js";
import { comparisonRows } from "../../src/web/migration/comparison.js";
import { followMigration, pollMs } from "../../src/web/migration/follow-migration.js";
import { answeredShare, endWords, progressWords, sideWords, stepOf } from "../../src/web/migration/migration-words.js";

const nothing: ArmFigures = {
  searches: 0,
  errorRate: 0,
  confidence: null,
  lowConfidenceRate: null,
  latency: null,
  clickRate: null,
  clicks: 0,
  ndcg: null,
  graded: 0,
};

const side = (fields: Partial<MigrationSide> = {}): MigrationSide => ({
  generation: 1,
  model: "minilm@3f2a91c07d4e",
  sparseEncoder: null,
  dimensions: 384,
  chunking: { maxTokens: 256, overlapTokens: 32 },
  isActive: false,
  figures: nothing,
  ...fields,
});

const migration = (fields: Partial<MigrationStatus> = {}): MigrationStatus => ({
  id: 1,
  state: "filling",
  share: 0,
  documents: { done: 0, total: 10 },
  rate: null,
  remainingMs: null,
  failing: null,
  source: side({ isActive: true }),
  target: side({ generation: 2 }),
  reason: null,
  startedAt: "2026-01-01T10:00:00.000Z",
  endedAt: null,
  ...fields,
});

test("figures that are not known are a dash, and nothing is said to be better or worse", () => {
  for (const row of [...comparisonRows(nothing, nothing), ...comparisonRows(undefined, undefined)]) {
    if (row.name === "Searches") continue;
    assert.deepEqual([row.source.text, row.target.text, row.change], ["–", "–", undefined], row.name);
    assert.deepEqual([row.source.bar, row.target.bar], [0, 0], row.name);
  }
});

const before: ArmFigures = {
  searches: 200,
  errorRate: 0,
  confidence: 0.7,
  lowConfidenceRate: 0.1,
  latency: { p50Ms: 10, p95Ms: 40 },
  clickRate: 0.25,
  clicks: 50,
  ndcg: 0.6,
  graded: 12,
};

test("both indexes are compared figure by figure: what is more is not always better", () => {
  const after: ArmFigures = {
    ...before,
    searches: 50,
    confidence: 0.75,
    lowConfidenceRate: 0.154,
    latency: { p50Ms: 8, p95Ms: 80 },
    clickRate: 0.25,
    clicks: 12,
    ndcg: null,
    graded: 0,
  };
  const rows = new Map(comparisonRows(before, after).map((row) => [row.name, row]));
  const change = (name: string) => rows.get(name)?.change;
  assert.deepEqual(change("Confidence"), { text: "+0.050", isBetter: true });
  assert.deepEqual(change("Low confidence"), { text: "+5.4 points", isBetter: false });
  assert.deepEqual(change("Latency, p50"), { text: "−2.0 ms", isBetter: true });
  assert.deepEqual(change("Latency, p95"), { text: "+40 ms", isBetter: false });
  for (const same of ["Searches", "Opened", "nDCG@10", "Failed"]) assert.equal(change(same), undefined, same);

  const bars = (name: string) => [rows.get(name)?.source.bar, rows.get(name)?.target.bar];
  assert.deepEqual(bars("Searches"), [1, 0.25]);
  assert.deepEqual(bars("Confidence"), [0.7, 0.75], "of one");
  assert.deepEqual(
    bars("Low confidence"),
    [0.1 / 0.2, 0.154 / 0.2],
    "a small share has a short bar, also where it is the larger one",
  );
  assert.deepEqual(
    [bars("Latency, p50"), bars("Latency, p95")],
    [
      [10 / 80, 8 / 80],
      [0.5, 1],
    ],
    "on one scale",
  );
  assert.equal(rows.get("Opened")?.target.note, "12 clicks");
  assert.deepEqual([rows.get("nDCG@10")?.source.note, rows.get("nDCG@10")?.target.note], ["12 judged", undefined]);
});

test("a migration is told in words, as far as it is known", () => {
  assert.deepEqual(progressWords(migration()), ["0 of 10 documents"]);
  assert.deepEqual(
    progressWords(migration({ documents: { done: 1_204, total: 13_000 }, rate: 35.4, remainingMs: 333_000 })),
    ["1,204 of 13,000 documents", "35 a second", "6 minutes left"],
  );
  assert.deepEqual(sideWords(side()), ["minilm", "384 dimensions", "passages of 256 tokens, 32 shared"]);
  assert.deepEqual(sideWords(side({ sparseEncoder: "splade@12ab" })).slice(0, 2), ["minilm", "and splade"]);
  assert.match(endWords(migration({ state: "ended", source: null, target: side({ isActive: true }) })), /took over/);
  assert.match(endWords(migration({ state: "ended", target: null })), /was dropped, and everything is as it was/);
});

test("each state is a step, and an index that is not full answers nothing, whatever share it has", () => {
  assert.equal(stepOf(null), 0);
  const states = ["filling", "ready", "split", "promoted", "ended"] as const;
  assert.deepEqual(
    states.map((state) => stepOf(migration({ state }))),
    [1, 2, 2, 4, 0],
  );
  assert.equal(answeredShare(migration({ state: "filling", share: 25 })), 0);
  assert.equal(answeredShare(migration({ state: "split", share: 25 })), 25);
});

/** A server whose answers the test gives, and a page that it looks at or not. */
function openFollowing() {
  const asked: { signal: AbortSignal; settle(answer: MigrationStatus | null | Error): Promise<void> }[] = [];
  const heard: unknown[] = [];
  const page = { isLookedAt: true };
  const following = followMigration(
    {
      fetch: (signal) =>
        new Promise((resolve, reject) => {
          asked.push({
            signal,
            settle: async (answer) => {
              if (answer instanceof Error) reject(answer);
              else resolve(answer);
              await new Promise((done) => setImmediate(done));
            },
          });
        }),
      isLookedAt: () => page.isLookedAt,
    },
    { onStatus: (status) => heard.push(status?.state ?? null), onFailure: () => heard.push("failure") },
  );
  const latest = () => {
    const question = asked.at(-1);
    assert.ok(question !== undefined);
    return question;
  };
  return { asked, heard, page, following, latest };
}

test("what is under way is asked about every two seconds, and no more when it has ended", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, heard, latest } = openFollowing();
  await latest().settle(migration());
  t.mock.timers.tick(pollMs - 1);
  assert.equal(asked.length, 1);
  t.mock.timers.tick(1);
  assert.equal(asked.length, 2);
  await latest().settle(new Error("no answer"));
  t.mock.timers.tick(pollMs);
  await latest().settle(migration({ state: "ended" }));
  t.mock.timers.tick(10 * pollMs);
  assert.deepEqual([asked.length, heard], [3, ["filling", "failure", "ended"]]);
});

test("without a migration it is asked about once", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, latest } = openFollowing();
  await latest().settle(null);
  t.mock.timers.tick(10 * pollMs);
  assert.equal(asked.length, 1);
});

test("a page that nobody looks at does not ask, and asks at once when somebody does", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, page, following, latest } = openFollowing();
  await latest().settle(migration());
  page.isLookedAt = false;
  t.mock.timers.tick(10 * pollMs);
  assert.equal(asked.length, 1);
  page.isLookedAt = true;
  following.ask();
  await latest().settle(migration());
  t.mock.timers.tick(pollMs);
  assert.equal(asked.length, 3);
});

test("the answer to an action counts, and an older one that comes later does not", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, heard, following, latest } = openFollowing();
  const slow = latest();
  following.take(migration({ state: "split", share: 10 }));
  assert.ok(slow.signal.aborted);
  await slow.settle(migration({ state: "ready" }));
  assert.deepEqual(heard, ["split"]);
  t.mock.timers.tick(pollMs);
  assert.equal(asked.length, 2);
  following.end();
  await latest().settle(migration());
  t.mock.timers.tick(10 * pollMs);
  assert.deepEqual([asked.length, heard], [2, ["split"]]);
});
