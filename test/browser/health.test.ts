// The page of health: a whole library with the engine behind it; states that take long to come about are answered in the server's stead.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { HealthOverview } from "../../src/index.js";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const page = "/#/health";
const mark = (shown: Page) => shown.locator(".page-head .health-mark");

test("a library that was only just made says what there is to be seen, and when", { skip }, () =>
  site.visit({ path: "/" }, async (shown) => {
    await shown.getByRole("link", { name: "Health" }).click();
    await mark(shown).waitFor();
    assert.equal(await shown.title(), "Health · Lodestone");
    assert.match(
      await textOf(shown.getByRole("region", { name: "Vectors" })),
      /no baseline yet\. From 64 documents on/,
    );
    assert.match(await textOf(shown.getByRole("region", { name: "What changed when" })), /Nothing yet/);
  }),
);

test("what is asked is drawn minute by minute, and read with the arrow keys", { skip }, () =>
  site.visit({ path: page }, async (shown) => {
    for (let i = 0; i < 3; i++) await site.engine().search({ query: `signing keys ${i}` });
    const chart = shown.getByRole("slider", { name: "Latency" });
    await chart.waitFor();
    await eventually(
      shown,
      async () => (await chart.getAttribute("aria-valuetext")) ?? "",
      (text) => /p50 [\d.]+ m?s, p99 [\d.]+ m?s/.test(text),
    );
    await chart.focus();
    await shown.keyboard.press("ArrowLeft");
    await shown.keyboard.press("ArrowLeft");
    assert.match((await chart.getAttribute("aria-valuetext")) ?? "", /p50 –, p99 –/);
    await shown.keyboard.press("ArrowRight");
    await shown.keyboard.press("ArrowRight");
    assert.match((await chart.getAttribute("aria-valuetext")) ?? "", /p50 [\d.]+ m?s/);
    assert.match(await textOf(shown.locator(".watched")), /Queries, last hour[1-9]/);
  }),
);

test("a diagnosis shows what each check found, and its sentence first", { skip }, () =>
  site.visit({ path: page }, async (shown) => {
    await shown.getByRole("button", { name: "Diagnose" }).focus();
    await shown.keyboard.press("Enter");
    const part = shown.getByRole("region", { name: "Diagnosis" });
    await part.locator(".finding").first().waitFor();
    assert.equal(await part.locator(".finding").count(), 16);
    assert.match(await textOf(part.locator(".diagnosis-sentence")), /\S/);
    await shown.getByRole("button", { name: "Diagnose again" }).waitFor();
  }),
);

const figures = {
  baselineRows: 256,
  currentRows: 100,
  meanDistance: 0.76,
  mmd: 0.302,
  mmdSquared: 0.09,
  pValue: 0.005,
  coherence: 0.21,
  baselineCoherence: 0.166,
  normDrift: 0.031,
  emptyShare: 0,
};
const limit = (warning: number) => ({ warning, critical: warning * 2.5 });
const limits = {
  meanDistance: limit(0.084),
  mmd: limit(0.1),
  coherenceLow: limit(0.12),
  coherenceHigh: limit(0.37),
  normDrift: limit(0.05),
  emptyShare: limit(0.02),
};
const sentence = "The vectors are distributed unlike the baseline's: MMD 0.302, above 0.250 (p = 0.005).";
const remedy = { command: "lodestone diagnose", effect: "names the most likely cause" };
const startMs = Date.UTC(2026, 10, 20, 9, 0);
const minutes = Array.from({ length: 60 }, (_, i) => {
  const isQuiet = i > 20 && i < 26;
  const value = (x: number) => (isQuiet ? null : x);
  return {
    at: new Date(startMs + i * 60_000).toISOString(),
    queries: isQuiet ? 0 : 20 + ((i * 7) % 13),
    p50Ms: value(22 + ((i * 5) % 9)),
    p95Ms: value(60 + ((i * 11) % 17)),
    p99Ms: value(80 + ((i * 17) % 60)),
    averageTopScore: value(0.45 - (i > 40 ? 0.12 : 0)),
    lowConfidenceRate: value(i > 40 ? 0.31 : 0.06),
    zeroResultRate: value(0),
    degradedRate: value(0.01),
    cacheHitRate: value(0.4),
  };
});
const summary: HealthOverview["queries"]["lastHour"] = {
  ...{
    minutes: 60,
    queries: 1420,
    zeroResultRate: 0.004,
    degradedRate: 0.01,
    lowConfidenceRate: 0.14,
    cacheHitRate: 0.41,
  },
  ...{ averageTopScore: 0.42, averageGap: 0.03, meanMs: 31, p50Ms: 25, p95Ms: 71, p99Ms: 128, maxMs: 240 },
  ...{ cacheLookups: 1420, topScores: 1414 },
};
const run = (id: number, minute: number, status: "healthy" | "critical") => ({
  ...{
    id,
    generation: 1,
    modelVersion: "minilm@3f2a91c07d4e",
    jobs: 1,
    documents: 60 + id,
    failed: id % 2,
    chunks: 120,
  },
  ...{ embedded: 120, truncated: 0, tokens: 9_000 },
  startedAt: new Date(startMs + minute * 60_000).toISOString(),
  finishedAt: new Date(startMs + (minute + 1) * 60_000).toISOString(),
  health:
    status === "critical"
      ? { status, sentence, figures, limits, isCalibrated: true, alerts: [] }
      : {
          status,
          sentence: "100 vectors are like the 256 of the baseline.",
          figures: { ...figures, mmd: 0.02 },
          limits,
          isCalibrated: true,
          alerts: [],
        },
});
const troubled: HealthOverview = {
  ...{ status: "critical", sentence, at: new Date(startMs + 3_600_000).toISOString(), generation: 1 },
  model: "minilm@3f2a91c07d4e",
  embeddings: {
    baseline: { rows: 256, madeAt: new Date(startMs - 86_400_000).toISOString(), coherence: 0.166 },
    index: run(9, 50, "healthy").health,
    runs: [run(3, 40, "critical"), run(2, 20, "healthy"), run(1, 5, "healthy")],
  },
  queries: {
    lastHour: summary,
    lastFiveMinutes: { ...summary, minutes: 5 },
    minutes,
    confidence: {
      from: "cosine",
      threshold: 0.276,
      missRate: 0.08,
      auc: 0.97,
      calibratedAt: new Date(startMs).toISOString(),
    },
  },
  migrations: [{ generation: 2, model: "minilm@3f2a91c07d4e", startedAt: new Date(startMs + 30_000).toISOString() }],
  alerts: [
    {
      ...{
        id: "batch-distribution-shift",
        source: "batch",
        severity: "critical",
        sentence,
        value: 0.302,
        threshold: 0.25,
      },
      title: "What came in last is unlike the library",
      since: new Date(startMs + 41 * 60_000).toISOString(),
      ...remedy,
    },
  ],
  events: [
    {
      ...{
        kind: "raised",
        id: "batch-distribution-shift",
        source: "batch",
        severity: "critical",
        sentence,
        value: 0.302,
      },
      at: new Date(startMs + 41 * 60_000).toISOString(),
    },
  ],
};

const answerTroubled = (shown: Page) => shown.route("**/v1/health", (route) => route.fulfill({ json: troubled }));

test("an alert says what is wrong, since when, and which command helps", { skip }, () =>
  site.visit({ path: page, prepare: answerTroubled }, async (shown) => {
    await mark(shown).waitFor();
    assert.equal(await textOf(mark(shown)), "Critical");
    const alerts = shown.getByRole("region", { name: "Alerts" });
    assert.match(
      await textOf(alerts),
      /unlike the library, since .*MMD 0\.302.*lodestone diagnose names the most likely cause/,
    );
    const rows = shown.getByRole("region", { name: "Vectors" }).getByRole("row");
    assert.equal(await rows.count(), 5);
    assert.match(await textOf(rows.nth(2)), /63.*0\.302.*0\.210.*3\.1 %.*Critical/);
    const first = shown.getByRole("region", { name: "What changed when" }).getByRole("listitem").first();
    assert.match(await textOf(first), /63 documents came in, 1 failure|distributed unlike/);
  }),
);

/** Of each minute, whether the first chart has a pixel in the colour of `ink` there. */
const drawnMinutes = (shown: Page, ink: string) =>
  shown.evaluate<boolean[]>(`(() => {
    const plot = document.querySelector(".chart-plot");
    const canvas = plot.querySelector("canvas");
    const colour = getComputedStyle(plot.querySelector(".ink-${ink}")).color.match(/\\d+/g).map(Number);
    const over = plot.querySelector(".u-over").getBoundingClientRect();
    const scale = canvas.width / canvas.getBoundingClientRect().width;
    const left = over.left - canvas.getBoundingClientRect().left;
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: 60 }, (_, minute) => {
      const x = Math.min(width - 1, Math.round((left + (over.width * minute) / 59) * scale));
      for (let y = 0; y < height; y++) {
        const at = 4 * (y * width + x);
        if (data[at + 3] > 200 && colour.every((value, i) => Math.abs(data[at + i] - value) < 12)) return true;
      }
      return false;
    });
  })()`);

test("a minute without queries is a gap in the line, and lines take on the colours of the theme", { skip }, () =>
  site.visit({ path: page, prepare: answerTroubled, context: { colorScheme: "light" } }, async (shown) => {
    await shown.locator(".chart-plot canvas").first().waitFor();
    for (const theme of ["system", "dark"]) {
      if (theme === "dark") await shown.evaluate("document.documentElement.dataset.theme = 'dark'");
      const drawn = await eventually(
        shown,
        () => drawnMinutes(shown, "first"),
        (minutes) => minutes[10] === true,
      );
      assert.deepEqual(
        [drawn[19], drawn.slice(22, 25), drawn[27], drawn[58]],
        [true, [false, false, false], true, true],
        theme,
      );
    }
  }),
);

test("charts are read in step, with what changed in a minute; leaving one gives all back", { skip }, () =>
  site.visit({ path: page, prepare: answerTroubled }, async (shown) => {
    const slider = (name: string) => shown.getByRole("slider", { name });
    const spoken = async (name: string) => (await slider(name).getAttribute("aria-valuetext")) ?? "";
    await slider("Latency").focus();
    await shown.keyboard.press("Home");
    for (let i = 0; i < 6; i++) await shown.keyboard.press("ArrowRight");
    assert.match(await spoken("Latency"), /p50 [\d.]+ ms.*61 documents came in, 1 failure/);
    assert.equal(await slider("Low confidence").getAttribute("aria-valuenow"), "6");
    assert.match(await textOf(shown.locator(".chart-note").nth(3)), /61 documents came in/);
    await shown.keyboard.press("End");
    assert.equal(await slider("Latency").getAttribute("aria-valuenow"), "59");

    const over = shown.locator(".chart-plot .u-over").nth(1);
    const box = (await over.boundingBox())!;
    await shown.mouse.move(box.x + (box.width * 41) / 59, box.y + box.height / 2);
    await eventually(
      shown,
      () => slider("Latency").getAttribute("aria-valuenow"),
      (now) => now === "41",
    );
    assert.match(await textOf(shown.locator(".chart-note").first()), /63 documents came in.*MMD 0\.302/);
    await shown.mouse.move(5, 5);
    await eventually(
      shown,
      () => textOf(shown.locator(".chart-note").first()),
      (note) => note === "",
    );
  }),
);

test(
  "how far what came in has moved is drawn from ingest to ingest, read in step, apart from the queries",
  { skip },
  () =>
    site.visit({ path: page, prepare: answerTroubled }, async (shown) => {
      const slider = (name: string) => shown.getByRole("slider", { name });
      const spoken = async (name: string) => (await slider(name).getAttribute("aria-valuetext")) ?? "";
      await slider("Shift").focus();
      assert.match(await spoken("Shift"), /: MMD 0\.302, limit 0\.\d+$/);
      await shown.keyboard.press("ArrowLeft");
      await eventually(
        shown,
        () => spoken("Shift"),
        (text) => /: MMD 0\.020, limit/.test(text),
      );
      assert.deepEqual(
        [await slider("Coherence").getAttribute("aria-valuenow"), await slider("Norms").getAttribute("aria-valuenow")],
        ["1", "1"],
      );
      assert.match(await spoken("Norms"), /: moved [\d.]+ %, limit [\d.]+ %$/);
      assert.equal(await slider("Latency").getAttribute("aria-valuenow"), "59");
      assert.match(
        await textOf(shown.getByRole("region", { name: "What changed when" })),
        /A migration began, to an index of minilm/,
      );
    }),
);

test("a chart is as wide as its place, also after the window has changed", { skip }, () =>
  site.visit({ path: page, prepare: answerTroubled }, async (shown) => {
    const widths = () =>
      shown.evaluate<number[]>(
        "[...document.querySelectorAll('.chart-plot')].flatMap((plot) => [plot.clientWidth, plot.querySelector('canvas').clientWidth])",
      );
    await shown.locator(".chart-plot canvas").first().waitFor();
    const before = await widths();
    await shown.setViewportSize({ width: 400, height: 800 });
    const after = await eventually(shown, widths, (now) =>
      now.every((width, i) => i % 2 === 0 || width === now[i - 1]),
    );
    assert.notEqual(after[0], before[0]);
  }),
);

for (const colorScheme of ["light", "dark"] as const) {
  test(`text has a contrast of 4.5 to 1 on the page of health in the ${colorScheme} theme`, { skip }, () =>
    site.visit({ path: page, prepare: answerTroubled, context: { colorScheme } }, async (shown) => {
      await mark(shown).waitFor();
      for (const part of [".health-mark", ".alert-remedy", ".chart-reading", ".drift th", ".change-item"]) {
        const contrast = await shown.evaluate<number>(`(${site.contrastOf})(document.querySelector("${part}"))`);
        assert.ok(contrast >= 4.5, `${part} has ${contrast.toFixed(2)}`);
      }
    }),
  );
}

test("nothing is cut off on a telephone", { skip }, () =>
  site.visit(
    { path: page, prepare: answerTroubled, context: { viewport: { width: 360, height: 740 } } },
    async (shown) => {
      await mark(shown).waitFor();
      const overhang = await shown.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      assert.ok(overhang <= 0, `${overhang} pixels`);
    },
  ),
);

test(
  "the table is scrolled with the keyboard where it is wider than the page, and no stop on the way where it is not",
  { skip },
  () =>
    site.visit({ path: page, prepare: answerTroubled }, async (shown) => {
      await mark(shown).waitFor();
      const table = shown.getByRole("region", { name: "Shift by ingest" });
      assert.equal(await table.count(), 0);
      await shown.setViewportSize({ width: 360, height: 740 });
      await table.waitFor();
      await shown.getByRole("slider").last().focus();
      await shown.keyboard.press("Tab");
      assert.equal(await shown.evaluate("document.activeElement.getAttribute('aria-label')"), "Shift by ingest");
      await shown.keyboard.press("ArrowRight");
      await eventually(
        shown,
        () => shown.evaluate<number>("document.activeElement.scrollLeft"),
        (left) => left > 0,
      );
    }),
);

test("a server that cannot be reached is said, and asked again", { skip }, () =>
  site.visit(
    {
      path: page,
      provokesErrors: true,
      prepare: (shown) => shown.route("**/v1/health", (route) => route.abort(), { times: 1 }),
    },
    async (shown) => {
      await shown.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
      await shown.getByRole("button", { name: "Try again" }).click();
      await mark(shown).waitFor();
    },
  ),
);
