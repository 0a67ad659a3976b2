import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  calibrateConfidence,
  calibrateHealthSteps,
  type EmbeddingSample,
  embeddingHealthSteps,
  finish,
  type HealthCalibration,
  type HealthReport,
  isLowConfidence,
} from "../../src/quality/index.js";
import {
  bestCosines,
  type DomainName,
  documentsOf,
  domainNames,
  embedSample,
  openBundledEncoder,
  queriesOf,
  rowsOf,
  withoutDomains,
} from "./domains.js";

const baselineRows = 192;
const batchRows = 32;
const batches = 12;

type Domain = {
  baseline: EmbeddingSample;
  rest: EmbeddingSample;
  queries: EmbeddingSample;
  calibration: HealthCalibration;
};

describe("real text of four domains", { skip: withoutDomains }, () => {
  const domains = {} as Record<DomainName, Domain>;

  before(async () => {
    const encoder = await openBundledEncoder();
    for (const name of domainNames) {
      const texts = documentsOf(name).map(({ title, text }) => `${title} ${text}`);
      const all = await embedSample(encoder, texts.slice(0, baselineRows + batches * batchRows));
      const baseline = rowsOf(all, 0, baselineRows);
      const rest = rowsOf(all, baselineRows, batches * batchRows);
      const queries = await embedSample(encoder, queriesOf(name).slice(0, 60), "query");
      const calibration = finish(calibrateHealthSteps(baseline, { replicates: 1000, maxRows: 64 }));
      assert.ok(calibration);
      domains[name] = { baseline, rest, queries, calibration };
    }
    await encoder.close();
  });

  const health = (home: DomainName, current: EmbeddingSample, isChanceOnly = false): HealthReport =>
    finish(
      embeddingHealthSteps(domains[home].baseline, current, {
        calibration: domains[home].calibration,
        permutations: 99,
        // Nothing but the calibrated limits of chance; the model gives unit vectors, whose norms differ by rounding alone.
        ...(isChanceOnly ? { tolerances: { shift: 0, coherenceMove: 0, normDrift: 1e-3 } } : {}),
      }),
    );

  test("batches of the same domain do not alarm, even against the limits of chance alone", () => {
    const alarms = domainNames.flatMap((name) =>
      Array.from({ length: batches }, (_, i) => {
        const report = health(name, rowsOf(domains[name].rest, i * batchRows, batchRows), true);
        return report.status === "healthy" ? [] : [`${name} ${i}: ${report.sentence}`];
      }).flat(),
    );
    // 48 looks at 1 in 100: one is within what was promised.
    assert.ok(alarms.length <= 1, alarms.join("\n"));
  });

  test("a batch of any other domain alarms, from 16 documents on", () => {
    for (const home of domainNames) {
      for (const other of domainNames) {
        if (home === other) continue;
        for (const rows of [16, batchRows]) {
          const report = health(home, rowsOf(domains[other].rest, 0, rows));
          const ids = report.alerts.map(({ id }) => id);
          assert.ok(ids.includes("mean-shift"), `${rows} of ${other} in ${home}: ${report.sentence}`);
          if (rows > 16) assert.ok(ids.includes("distribution-shift"), `${rows} of ${other} in ${home}`);
          // SciFact and Medline are both biomedical: a warning; the others are critical.
          const isNear = home !== "cranfield" && home !== "cisi" && other !== "cranfield" && other !== "cisi";
          if (!isNear) assert.equal(report.status, "critical", `${rows} of ${other} in ${home}`);
        }
      }
    }
  });

  test("queries without an answer are told from others by a threshold that another domain's queries confirm", () => {
    const { rest, queries } = domains.cranfield;
    const scoresOf = (sample: EmbeddingSample, from: number, count: number) =>
      bestCosines(rowsOf(sample, from, count), rest);
    const found = calibrateConfidence(scoresOf(queries, 0, 30), scoresOf(domains.cisi.queries, 0, 30));
    assert.ok(found?.isReliable, JSON.stringify(found));
    assert.ok(found.missRate < 0.2 && found.falseRate < 0.2, JSON.stringify(found));
    // Held-out queries: the library's own, and those of a domain that the calibration never saw.
    const share = (scores: number[]) =>
      scores.filter((score) => isLowConfidence(score, found.threshold)).length / scores.length;
    assert.ok(share(scoresOf(queries, 30, 30)) < 0.25);
    assert.ok(share(scoresOf(domains.medline.queries, 0, 30)) > 0.75);
  });
});
