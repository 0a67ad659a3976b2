// Learning how the lists are fused, on a library that the default does not suit.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Engine, openEngine, type TuneReport } from "../../src/engine/index.js";
import { coded } from "../end-to-end/temporary.js";
import { temporaryFolder } from "../temporary-folder.js";
import { documents, judged } from "./misleading-words.js";
import { otherModels } from "./other-models.js";

const library = temporaryFolder();
const models = otherModels();
let report: TuneReport;

before(async () => {
  await using engine = await openEngine({ library, models: [models] });
  await engine.put(documents);
  const dry = await engine.ranking.tune(judged, { dryRun: true });
  assert.deepEqual([dry.kept, engine.ranking.learned()], [false, undefined]);
  report = await engine.ranking.tune(judged);
});

/** Sum of the reciprocal ranks at which queries find their page. */
async function foundEarly(engine: Engine, request: object = {}): Promise<number> {
  let sum = 0;
  for (const { text, judgements } of judged) {
    const { hits } = await engine.search({ query: text, ...request });
    const place = hits.findIndex(({ id }) => id in judgements);
    sum += place < 0 ? 0 : 1 / (place + 1);
  }
  return sum;
}

test("what is better on queries held out is kept", () => {
  assert.equal(report.kept, true, report.reason);
  assert.match(report.reason, /^\+0\.\d+ nDCG@10 on queries held out, p = 0\.0/);
  assert.equal(report.queries, judged.length);
  assert.ok(report.heldOutNdcg > report.defaultNdcg && report.pValue < 0.05);
  assert.ok(report.best && report.best.lexicalWeight < 0.6, "words count for less than by default");
});

test("searches use it after reopening too, say so, and leave it out on request", async () => {
  await using engine = await openEngine({ library, models: [models] });
  const { lexicalWeight, feedback } = report.best!;
  const learned = engine.ranking.learned()!;
  assert.deepEqual(
    [learned.lexicalWeight, learned.feedback, learned.queries],
    [lexicalWeight, feedback, judged.length],
  );
  assert.deepEqual((await engine.status()).ranking, learned);
  const query = judged[0]!.text;
  const { fusion, feedback: moved, hits } = await engine.search({ query, explain: true });
  assert.deepEqual(fusion, { source: "learned", method: "convex", lexicalWeight });
  assert.equal(moved === undefined, feedback === "none");
  const { lexicalNorm, denseNorm, score } = hits[0]!.explain!.fused;
  assert.ok(Math.abs(score - lexicalWeight * lexicalNorm - (1 - lexicalWeight) * denseNorm) < 1e-6);
  const plain = await engine.search({ query, fusion: "default" });
  assert.deepEqual(plain.fusion, { source: "default", method: "convex", lexicalWeight: 0.6 });
  assert.ok((await foundEarly(engine)) > (await foundEarly(engine, { fusion: "default" })));
});

test("another model does not use it, and the way back does", async () => {
  await using engine = await openEngine({ library, models: [models] });
  await engine.migration.start({ model: "other-embed-en" });
  await engine.migration.promote();
  assert.equal(engine.ranking.learned(), undefined);
  assert.equal((await engine.search({ query: "car repair" })).fusion.source, "default");
  await engine.migration.rollback();
  assert.equal((await engine.search({ query: "car repair" })).fusion.source, "learned");
  await engine.migration.finish();
});

test("runs are one at a time, tell how far they are, are stopped, and note no query as anybody's", async () => {
  await using engine = await openEngine({ library, models: [models] });
  const learned = engine.ranking.learned();
  const queriesOfHour = async () => (await engine.monitor.overview()).queries.lastHour.queries;
  const before = await queriesOfHour();
  assert.equal(engine.ranking.tuning(), undefined);
  const started = await engine.ranking.startTuning(judged);
  assert.deepEqual([started.state, started.dryRun, started.report], ["running", false, null]);
  await assert.rejects(engine.ranking.tune(judged), coded("TUNING_RUNNING"));
  await assert.rejects(engine.ranking.startTuning("known-items"), coded("TUNING_RUNNING"));
  await engine.ranking.cancelTuning();
  const { state, endedAt, error, total } = engine.ranking.tuning()!;
  assert.deepEqual([state, typeof endedAt, error, total], ["cancelled", "string", null, 19 * judged.length]);
  assert.deepEqual(engine.ranking.learned(), learned);
  assert.equal(await queriesOfHour(), before);
  await assert.rejects(engine.ranking.startTuning(judged.slice(0, 19)), coded("INVALID_INPUT", /20 judged queries/));
});

test("closing stops a run", async () => {
  const engine = await openEngine({ library, models: [models] });
  const run = assert.rejects(engine.ranking.tune(judged), coded("ABORTED"));
  await engine.close();
  await run;
});

test("clearing forgets, after reopening too; a library open for reading only keeps and forgets nothing", async () => {
  {
    await using reading = await openEngine({ library, models: [models], readOnly: true });
    await assert.rejects(reading.ranking.tune(judged), coded("LIBRARY_READ_ONLY"));
    await assert.rejects(reading.ranking.clear(), coded("LIBRARY_READ_ONLY"));
    assert.equal((await reading.search({ query: "car repair" })).fusion.source, "learned");
  }
  {
    await using engine = await openEngine({ library, models: [models] });
    await engine.ranking.startTuning(judged);
    await engine.ranking.clear();
    assert.equal(engine.ranking.tuning()?.state, "cancelled");
    assert.equal((await engine.search({ query: "car repair" })).fusion.source, "default");
  }
  await using engine = await openEngine({ library, models: [models] });
  assert.equal(engine.ranking.learned(), undefined);
});
