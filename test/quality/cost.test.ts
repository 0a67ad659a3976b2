import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CostEntry, CostLedger, costReport, defaultListPrices } from "../../src/quality/index.js";

const noon = Date.UTC(2026, 2, 31, 12);
const dayMs = 86_400_000;

test("tokens and time are summed by day, tenant and model, and priced beside hosted APIs", () => {
  const ledger = new CostLedger();
  ledger.add({ tenant: "acme", model: "m1" }, { texts: 2, tokens: 1_500_000, cpuMs: 3000 }, noon);
  ledger.add({ tenant: "acme", model: "m1" }, { savedTexts: 1, savedTokens: 500_000 }, noon + 1);
  ledger.add({ tenant: "other", model: "m1" }, { texts: 1, tokens: 500_000, cpuMs: 1000 }, noon + dayMs);
  const entries = ledger.entries();
  assert.deepEqual(
    entries.map(({ day, tenant, tokens, savedTokens }) => [day, tenant, tokens, savedTokens]),
    [
      ["2026-03-31", "acme", 1_500_000, 500_000],
      ["2026-04-01", "other", 500_000, 0],
    ],
  );
  const prices = [{ provider: "P", model: "e", usdPerMillionTokens: 0.1, asOf: "2026-01", source: "s" }];
  const report = costReport(entries, "tenant", prices);
  assert.deepEqual(
    report.groups.map(({ name, tokens, cpuSeconds, savedCpuSeconds }) => [name, tokens, cpuSeconds, savedCpuSeconds]),
    [
      ["acme", 1_500_000, 3, 1],
      ["other", 500_000, 1, 0],
    ],
  );
  assert.deepEqual([report.total.tokens, report.total.cpuSeconds, report.total.savedCpuSeconds], [2_000_000, 4, 1]);
  assert.ok(Math.abs(report.hosted[0]!.usd - 0.2) < 1e-12 && Math.abs(report.hosted[0]!.savedUsd - 0.05) < 1e-12);
});

test("a sparse encoder has a line of its own, and its tokens are not priced as vectors", () => {
  const ledger = new CostLedger();
  ledger.add({ tenant: "", model: "m1" }, { tokens: 1_000_000, cpuMs: 1000, savedTokens: 1_000_000 }, noon);
  ledger.add({ tenant: "", model: "s1", isSparse: true }, { tokens: 1_000_000, cpuMs: 9000 }, noon);
  const prices = [{ provider: "P", model: "e", usdPerMillionTokens: 0.1, asOf: "2026-01", source: "s" }];
  const { groups, total, hosted } = costReport(ledger.entries(), "model", prices);
  assert.deepEqual(
    groups.map(({ name, tokens, cpuSeconds, savedCpuSeconds }) => [name, tokens, cpuSeconds, savedCpuSeconds]),
    [
      ["m1", 1_000_000, 1, 1],
      ["s1 (sparse)", 1_000_000, 9, 0],
    ],
  );
  assert.deepEqual([total.tokens, total.cpuSeconds, total.savedCpuSeconds], [2_000_000, 10, 1]);
  assert.ok(Math.abs(hosted[0]!.usd - 0.1) < 1e-12);
});

test("law: entries that were drained, stored as JSON and put back add up to what was added", () => {
  const addition = fc.record({
    tenant: fc.constantFrom("a", "b"),
    model: fc.constantFrom("m", "n"),
    tokens: fc.nat(1000),
    savedTokens: fc.nat(1000),
    day: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(addition, { maxLength: 20 }), fc.nat(20), (additions, cut) => {
      const whole = new CostLedger();
      const stored = new CostLedger();
      const live = new CostLedger();
      for (const [i, { tenant, model, day, ...counts }] of additions.entries()) {
        whole.add({ tenant, model }, counts, noon + day * dayMs);
        live.add({ tenant, model }, counts, noon + day * dayMs);
        if (i !== cut) continue;
        for (const entry of JSON.parse(JSON.stringify(live.drain())) as CostEntry[]) stored.absorb(entry);
        assert.deepEqual(live.entries(), []);
      }
      for (const entry of live.drain()) stored.absorb(entry);
      assert.deepEqual(stored.entries(), whole.entries());
    }),
  );
});

test("a list price names where and when it was read", () => {
  for (const { usdPerMillionTokens, asOf, source } of defaultListPrices) {
    assert.ok(usdPerMillionTokens > 0);
    assert.match(asOf, /^\d{4}-\d{2}$/);
    assert.match(source, /^https:\/\//);
  }
});
