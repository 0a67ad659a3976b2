import assert from "node:assert/strict";
import { test } from "node:test";
import { type ArmFigures, FigureKeeper } from "../../src/engine/arm-figures.js";
import { brokenRail, defaultGuardRails } from "../../src/engine/guard-rails.js";

const good: ArmFigures = {
  searches: 200,
  errorRate: 0,
  confidence: 0.8,
  lowConfidenceRate: 0.05,
  latency: { p50Ms: 10, p95Ms: 40 },
  clickRate: 0.4,
  clicks: 80,
  ndcg: null,
  graded: 0,
};
const broken = (target: Partial<ArmFigures>, source: Partial<ArmFigures> = {}) =>
  brokenRail(defaultGuardRails, { ...good, ...source }, { ...good, ...target });

test("a new side that is as good as the old one stays", () => {
  assert.equal(broken({}), undefined);
  assert.equal(broken({ lowConfidenceRate: 0.1, latency: { p50Ms: 12, p95Ms: 59 }, clickRate: 0.3 }), undefined);
});

test("each rail that is broken is named with its figures", () => {
  assert.match(broken({ errorRate: 0.05 })!, /5\.0 % of its searches failed, more than 2\.0 %/);
  assert.match(broken({ lowConfidenceRate: 0.2 })!, /20 % .* low confidence, 5\.0 %/);
  assert.match(broken({ latency: { p50Ms: 10, p95Ms: 90 } })!, /p95 is 90 ms, the other's 40 ms/);
  assert.match(broken({ clickRate: 0.1 })!, /opened in 10 % .* in 40 %/);
});

test("nothing is concluded from few searches, few clicks or a few milliseconds", () => {
  assert.equal(broken({ searches: 49, errorRate: 1 }), undefined);
  assert.equal(broken({ lowConfidenceRate: 1 }, { searches: 49 }), undefined);
  assert.equal(broken({ clickRate: 0 }, { clicks: 29 }), undefined);
  assert.equal(broken({ latency: { p50Ms: 1, p95Ms: 20 } }, { latency: { p50Ms: 1, p95Ms: 2 } }), undefined);
  assert.equal(broken({ lowConfidenceRate: null, latency: null }), undefined);
});

test("figures are means and shares of what was noted, and go on from where they were stored", () => {
  const keeper = new FigureKeeper();
  for (let i = 1; i <= 100; i++) keeper.noteSearch({ ms: i, confidence: i % 2 === 0 ? 0.9 : 0.1, isLow: i % 2 !== 0 });
  keeper.noteSearch({ ms: 1000, confidence: undefined, isLow: false });
  keeper.noteFailure();
  keeper.noteClick();
  keeper.noteNdcg(0.5, undefined);
  keeper.noteNdcg(0.75, 0.5);
  keeper.noteNdcg(0.25, undefined);
  const again = new FigureKeeper(JSON.parse(JSON.stringify(keeper.stored())));
  const figures = again.figures();
  assert.deepEqual(figures, keeper.figures());
  assert.equal(figures.searches, 102);
  assert.ok(Math.abs(figures.confidence! - 0.5) < 1e-9);
  assert.deepEqual([figures.lowConfidenceRate, figures.clicks, figures.graded, figures.ndcg], [0.5, 1, 2, 0.5]);
  assert.deepEqual(figures.latency, { p50Ms: 51, p95Ms: 96 });
  assert.equal(figures.errorRate, 1 / 102);
  assert.deepEqual(new FigureKeeper().figures().latency, null);
});
