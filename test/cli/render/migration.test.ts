import assert from "node:assert/strict";
import { test } from "node:test";
import { paceOf, renderMigration } from "../../../src/cli/render/migration.js";
import { plainStyle } from "../../../src/cli/render/style.js";
import type { MigrationSide, MigrationStatus } from "../../../src/engine/index.js";

const none = {
  ...{ searches: 0, errorRate: 0, confidence: null, lowConfidenceRate: null, latency: null },
  ...{ clickRate: null, clicks: 0, ndcg: null, graded: 0 },
};
const source: MigrationSide = {
  generation: 1,
  model: "small@1",
  sparseEncoder: null,
  dimensions: 512,
  chunking: { maxTokens: 256, overlapTokens: 32 },
  isActive: true,
  figures: none,
};
const target: MigrationSide = { ...source, generation: 2, model: "large@2", dimensions: 1024, isActive: false };
const status: MigrationStatus = {
  id: 3,
  state: "split",
  share: 25,
  documents: { done: 1200, total: 1200 },
  ...{ rate: null, remainingMs: null, failing: null, reason: null },
  source,
  target,
  startedAt: "2026-11-20T18:00:05.000Z",
  endedAt: null,
};
const shown = (changes: Partial<MigrationStatus>) => renderMigration({ ...status, ...changes }, plainStyle);

test("two indexes stand side by side with what is known of them", () => {
  const figures = {
    ...{ searches: 1200, errorRate: 0.005, confidence: 0.8123, lowConfidenceRate: 0.1 },
    ...{ latency: { p50Ms: 12.2, p95Ms: 1500 }, clickRate: 0.25, clicks: 300, ndcg: 0.5, graded: 1 },
  };
  assert.equal(
    shown({ target: { ...target, figures } }),
    [
      "migration  3, begun 2026-11-20 18:00 UTC",
      "state      split: the new index answers 25 of 100 queries",
      "documents  1,200 of 1,200",
      "",
      "                old index              new index",
      "model           small@1                large@2",
      "dimensions      512                    1,024",
      "chunks of       256 tokens, 32 shared  256 tokens, 32 shared",
      "queries         75 %                   25 %",
      "searches        0                      1,200",
      "failed          -                      0.5 %",
      "confidence      -                      0.812",
      "low confidence  -                      10.0 %",
      "p50 / p95       -                      12 ms / 1.5 s",
      "clicks          -                      300, 25.0 %",
      "nDCG@10         -                      0.500 of 1 search",
    ].join("\n"),
  );
});

test("while it is filled its pace is told, what fails, and that all queries go to the old index", () => {
  const filling = shown({
    state: "filling",
    documents: { done: 200, total: 1200 },
    rate: 50,
    remainingMs: 20_000,
    failing: { documents: 2, error: '"a.md": too long' },
  });
  assert.match(
    filling,
    /\ndocuments +200 of 1,200, 50 documents\/s, 20 s left\nfailing +2 documents, the last "a\.md": too long\n/,
  );
  assert.match(filling, /answers 25 of 100 queries again once it holds every document[\s\S]*queries +100 % +0 %/);
  assert.deepEqual(paceOf({ rate: null, remainingMs: null }), []);
});

test("what ended says which index is left, and why the new one was taken off", () => {
  const endedAt = "2026-11-21T08:00:00.000Z";
  const back = shown({ state: "ended", share: 0, target: null, reason: "by itself: slow\u001b[2J", endedAt });
  assert.match(
    back,
    /ended 2026-11-21 08:00 UTC\nstate +ended: the new index was dropped\ntaken off +by itself: slow\ufffd\[2J\n/,
  );
  assert.match(back, /queries +100 % +dropped/);
  const forward = shown({ state: "ended", share: 100, source: null, target: { ...target, isActive: true }, endedAt });
  assert.match(forward, /ended: the old index was dropped\n[\s\S]*queries +dropped +100 %/);
});
