// The page of the migration: a whole one with the engine behind it, from the form to the end; states that take long or that nobody
// wants are answered in the server's stead.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { MigrationStatus } from "../../src/index.js";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const live = (page: Page) => page.locator(".live");
const cell = (page: Page, name: string, arm: "source" | "target") =>
  page
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name, exact: true }) })
    .locator(`.arm-${arm}`);

test("what the server refuses to begin is said, and what was entered stays", { skip }, () =>
  site.visit({ path: "/#/migration", provokesErrors: true }, async (page) => {
    await page.getByLabel("Dimensions").fill("7");
    await page.getByRole("button", { name: "Start the migration" }).click();
    await page.getByRole("alert").waitFor();
    assert.match(await textOf(page.getByRole("alert")), /7 was asked for/);
    assert.equal(await page.getByLabel("Dimensions").inputValue(), "7");
    await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
    assert.equal(await page.getByRole("alert").count(), 0);
  }),
);

test("where no other model is installed the form says how to bring one in", { skip }, () =>
  site.visit({ path: "/#/migration" }, async (page) => {
    const model = page.getByLabel("Model");
    await model.waitFor();
    assert.deepEqual(await model.locator("option").allInnerTexts(), ["As it is: minilex-embed-en, 512 dimensions"]);
    assert.deepEqual(await page.getByLabel("Sparse encoder").locator("option").allInnerTexts(), ["As it is: none"]);
    const hints = await page.locator(".field-hint").allInnerTexts();
    assert.match(hints[0] ?? "", /No other bi-encoder is installed.*lodestone models import <folder>/);
    assert.match(hints[1] ?? "", /No sparse encoder is installed.*lodestone models import <folder>/);
  }),
);

test("installed models are chosen from a list, and asked for by name", { skip }, () => {
  const models = [
    { name: "e5-small", role: "bi-encoder", dimensions: [384] },
    { name: "minilex-embed-en", role: "bi-encoder", dimensions: [512, 256] },
    { name: "splade", role: "sparse-encoder", dimensions: [] },
  ];
  const bodies: unknown[] = [];
  const prepare = async (page: Page) => {
    await page.route("**/v1/models", (route) => route.fulfill({ json: { models } }));
    await page.route("**/v1/migration", (route) => {
      if (route.request().method() === "GET") return route.fulfill({ json: { migration: null } });
      bodies.push(route.request().postDataJSON());
      return route.fulfill({ status: 202, json: example });
    });
  };
  return site.visit({ path: "/#/migration", prepare }, async (page) => {
    const hint = page.locator("#start-dimensions-hint");
    await page.getByLabel("Model").waitFor();
    assert.match(await textOf(hint), /can have 512 or 256/);
    await page.getByLabel("Model").selectOption({ label: "e5-small, 384 dimensions" });
    assert.match(await textOf(hint), /have 384/);
    assert.equal(await page.getByLabel("Dimensions").getAttribute("placeholder"), "384");
    await page.getByLabel("Sparse encoder").selectOption("splade");
    await page.getByRole("button", { name: "Start the migration" }).click();
    await page.getByRole("region", { name: "Filling" }).waitFor();
    assert.deepEqual(bodies, [{ model: "e5-small", sparseEncoder: "splade" }]);
  });
});

test("a migration is begun, split, promoted, rolled back and finished, and each step shows at once", { skip }, () =>
  site.visit({ path: "/" }, async (page) => {
    const engine = site.engine();
    await page.getByRole("link", { name: "Migration" }).click();
    const form = page.getByRole("region", { name: "Start a migration" });
    await form.waitFor();
    assert.equal(await page.title(), "Migration · Lodestone");
    assert.match(await textOf(form), /second index is built beside the one in use/);
    const start = form.getByRole("button", { name: "Start the migration" });
    assert.ok(await start.isDisabled(), "nothing is asked for yet");
    await form.getByLabel("Passage").fill("64");
    await page.keyboard.press("Enter");
    await eventually(
      page,
      () => textOf(live(page)),
      (state) => state === "Ready",
    );
    assert.equal((await engine.migration.status())?.target?.chunking.maxTokens, 64);
    assert.match(await textOf(page.locator(".arm").last()), /New indexanswers 0 %.*passages of 64 tokens/);
    for (const arm of ["source", "target"] as const) assert.match(await textOf(cell(page, "Confidence", arm)), /^–/);

    await page.getByRole("button", { name: "50 %" }).click();
    await eventually(
      page,
      () => textOf(live(page)),
      (state) => state === "Comparing",
    );
    assert.equal(await page.getByRole("button", { name: "50 %" }).getAttribute("aria-pressed"), "true");
    assert.equal(await page.evaluate<string>("document.activeElement.textContent"), "50 %");
    assert.match(await textOf(page.getByRole("region", { name: "Queries" })), /50 % by the old.*50 % by the new/);
    for (let user = 0; user < 12; user++) {
      await engine.search({ query: "signing keys", user: `user-${user}` });
    }
    // The page asks again by itself.
    await eventually(
      page,
      async () => [await textOf(cell(page, "Searches", "source")), await textOf(cell(page, "Searches", "target"))],
      (texts) => texts.reduce((sum, text) => sum + Number(text), 0) === 12,
    );
    assert.match(await textOf(cell(page, "Latency, p95", "target")), /ms/);

    await page.getByRole("button", { name: "Promote" }).click();
    await eventually(
      page,
      () => textOf(live(page)),
      (state) => state === "Promoted",
    );
    assert.match(await textOf(page.locator(".arm").last()), /answers 100 %/);
    assert.equal((await engine.status()).generation.chunking.maxTokens, 64);
    await page.getByRole("button", { name: "Roll back" }).click();
    await page.locator(".notice", { hasText: "taken off the queries" }).waitFor();
    assert.equal((await engine.migration.status())?.source?.isActive, true);
    await page.getByRole("button", { name: "Promote" }).click();
    await eventually(
      page,
      () => textOf(live(page)),
      (state) => state === "Promoted",
    );

    await page.getByRole("button", { name: "Finish" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.match(await textOf(dialog), /Drop the old index\?/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal((await engine.migration.status())?.state, "promoted");
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".notice", { hasText: "The new index took over" }).waitFor();
    assert.equal((await engine.migration.status())?.state, "ended");
    await eventually(
      page,
      () => page.evaluate<string>("document.activeElement.className"),
      (name) => name === "page-title",
    );
    await eventually(
      page,
      () => form.getByLabel("Passage").getAttribute("placeholder"),
      (tokens) => tokens === "64",
    );
  }),
);

const nothing = { searches: 0, errorRate: 0, confidence: null, lowConfidenceRate: null, latency: null };
const figures = { ...nothing, clickRate: null, clicks: 0, ndcg: null, graded: 0 };
const models = { model: "minilm@3f2a91c07d4e", sparseEncoder: null };
const side = { generation: 1, ...models, dimensions: 384, isActive: true, figures };
const example: MigrationStatus = {
  id: 1,
  state: "filling",
  share: 0,
  documents: { done: 1_204, total: 13_000 },
  rate: 35.4,
  remainingMs: 333_000,
  failing: null,
  source: { ...side, chunking: { maxTokens: 256, overlapTokens: 32 } },
  target: { ...side, generation: 2, isActive: false, chunking: { maxTokens: 128, overlapTokens: 16 } },
  reason: null,
  startedAt: "2026-01-01T10:00:00.000Z",
  endedAt: null,
};
const compared: MigrationStatus = {
  ...example,
  state: "split",
  share: 25,
  documents: { done: 13_000, total: 13_000 },
  rate: null,
  remainingMs: null,
  source: {
    ...example.source!,
    figures: {
      ...figures,
      searches: 200,
      confidence: 0.7,
      latency: { p50Ms: 10, p95Ms: 40 },
      clickRate: 0.3,
      clicks: 60,
    },
  },
  target: {
    ...example.target!,
    figures: {
      ...figures,
      searches: 50,
      confidence: 0.75,
      latency: { p50Ms: 9, p95Ms: 80 },
      clickRate: 0.2,
      clicks: 10,
    },
  },
};

function answerWith(page: Page, status: () => MigrationStatus | null) {
  return page.route("**/v1/migration", (route) => route.fulfill({ json: { migration: status() } }));
}

test("while it is filled, progress, pace and what is left are followed, and what fails is told", { skip }, () => {
  let status: MigrationStatus = { ...example, failing: { documents: 2, error: "The model took longer than 300 s." } };
  return site.visit({ path: "/#/migration", prepare: (page) => answerWith(page, () => status) }, async (page) => {
    const filling = page.getByRole("region", { name: "Filling" });
    await filling.waitFor();
    const bar = filling.getByRole("progressbar");
    assert.deepEqual([await bar.getAttribute("value"), await bar.getAttribute("max")], ["1204", "13000"]);
    assert.match(await textOf(filling), /1,204 of 13,000 documents.*35 a second.*6 minutes left/);
    assert.match(await textOf(page.locator(".noted")), /2 documents could not be brought in.*longer than 300 s/);
    assert.equal(await page.getByRole("button", { name: "Promote" }).count(), 0);
    assert.equal(await textOf(page.locator(".step[aria-current] .step-name")), "Fill");
    status = compared;
    await filling.waitFor({ state: "detached" });
    assert.equal(await textOf(page.locator(".step[aria-current] .step-name")), "Compare");
  });
});

test("both indexes stand side by side, with what is better and what is worse", { skip }, () =>
  site.visit({ path: "/#/migration", prepare: (page) => answerWith(page, () => compared) }, async (page) => {
    await cell(page, "Confidence", "target").waitFor();
    assert.equal(await textOf(cell(page, "Confidence", "target")), "0.750+0.050, better");
    assert.equal(await textOf(cell(page, "Latency, p95", "target")), "80 ms+40 ms, worse");
    assert.equal(await textOf(cell(page, "Opened", "source")), "30 %60 clicks");
    assert.equal(await textOf(cell(page, "nDCG@10", "target")), "–");
    const widths = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.split-bar rect')].map((rect) => rect.getAttribute('width'))",
    );
    assert.deepEqual(widths, ["75", "25"]);
  }),
);

test("an index that was taken off the queries by itself says why", { skip }, () => {
  const reason = "by itself: its p95 is 410 ms, the other's 44 ms";
  const status = { ...compared, state: "ready" as const, share: 0, reason };
  return site.visit({ path: "/#/migration", prepare: (page) => answerWith(page, () => status) }, async (page) => {
    await page.locator(".noted").waitFor();
    assert.match(await textOf(page.locator(".noted")), /taken off the queries, by itself: its p95 is 410 ms/);
  });
});

test("a server that is gone is said to be gone, and the page finds it again", { skip }, () =>
  site.visit(
    {
      path: "/#/migration",
      provokesErrors: true,
      prepare: (page) => page.route("**/v1/migration", (route) => route.abort()),
    },
    async (page) => {
      const state = page.getByRole("region", { name: "Error" });
      await state.waitFor();
      await page.unroute("**/v1/migration");
      await answerWith(page, () => compared);
      await state.getByRole("button", { name: "Try again" }).click();
      await page.locator(".live-live").waitFor();
      await page.unroute("**/v1/migration");
      await page.route("**/v1/migration", (route) => route.abort());
      await page.locator(".live-lost").waitFor();
      assert.match(await textOf(cell(page, "Confidence", "target")), /0\.750/, "what was known stays");
      await page.unroute("**/v1/migration");
      await answerWith(page, () => compared);
      await page.locator(".live-live").waitFor();
    },
  ),
);

test("a library that is open for reading only shows the migration and offers nothing to decide", { skip }, () =>
  site.visit(
    {
      path: "/#/migration",
      prepare: async (page) => {
        await answerWith(page, () => compared);
        await page.route("**/v1/status", async (route) => {
          const status = await (await route.fetch()).json();
          await route.fulfill({ json: { ...status, library: { ...status.library, readOnly: true } } });
        });
      },
    },
    async (page) => {
      await cell(page, "Confidence", "target").waitFor();
      await page.getByText("25 % by the new one").waitFor();
      for (const name of ["50 %", "Promote", "Finish"]) {
        assert.equal(await page.getByRole("button", { name }).count(), 0, name);
      }
    },
  ),
);

test("on a phone nothing scrolls sideways", { skip }, () => {
  let status: MigrationStatus | null = compared;
  const context = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  return site.visit(
    { path: "/#/migration", context, prepare: (page) => answerWith(page, () => status) },
    async (page) => {
      const overflow = () => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      await cell(page, "Confidence", "target").waitFor();
      assert.ok((await overflow()) <= 0, "compared");
      status = example;
      await page.getByRole("region", { name: "Filling" }).waitFor();
      assert.ok((await overflow()) <= 0, "filling");
      status = null;
      await page.getByRole("region", { name: "Start a migration" }).waitFor();
      assert.ok((await overflow()) <= 0, "form");
    },
  );
});

for (const colorScheme of ["light", "dark"] as const) {
  const legible = async (page: Page, parts: readonly string[]) => {
    for (const part of parts) {
      const contrast = await page.evaluate<number>(`(${site.contrastOf})(document.querySelector("${part}"))`);
      assert.ok(contrast >= 4.5, `${part} has ${contrast.toFixed(2)}`);
    }
  };
  test(`a migration is legible in the ${colorScheme} theme`, { skip }, () => {
    let status: MigrationStatus | null = compared;
    const prepare = (page: Page) => answerWith(page, () => status);
    return site.visit({ path: "/#/migration", context: { colorScheme }, prepare }, async (page) => {
      await page.getByRole("button", { name: "Promote" }).waitFor();
      await legible(page, [".step-name", ".step-meaning", ".live", ".arm-share", ".arm-facts span", ".arms tbody th"]);
      await legible(page, [".arm-figure", ".measure", ".change.better", ".change.worse", ".decision p"]);
      await legible(page, [".segment-button", ".segment-button[aria-pressed=true]", ".state-hint"]);
      status = null;
      await page.getByRole("region", { name: "Start a migration" }).waitFor();
      await legible(page, [".start > p", ".form-hint", ".field label", ".field-hint", ".input"]);
    });
  });
}
