// What the page shows when there is nothing to show, or something is amiss. Where the real server cannot be brought into a state on
// purpose, its answer is changed on the way to the browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const asked = "/?q=signing+keys";

/** Lets the real server answer and changes the answer. */
function amend(page: Page, path: string, change: (body: Record<string, unknown>) => unknown) {
  return page.route(`**${path}`, async (route: Route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: change(await answer.json()) });
  });
}

function signal(): { given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

test("before anything is asked, the page says what is in the library and offers its folders", { skip }, () =>
  site.visit({}, async (page) => {
    const overview = page.getByRole("region", { name: "In this library" });
    await overview.waitFor();
    assert.match(await textOf(overview), /documents13passages\d/);
    await overview.getByRole("button", { name: /guides/ }).click();
    assert.equal(new URL(page.url()).searchParams.get("folder"), "guides");
    assert.match(await textOf(page.getByRole("contentinfo")), /13 documents.*All local/s);
  }),
);

test("nothing found names the ways out, and they work", { skip }, () =>
  site.visit({ path: "/?q=zzqxv&mode=lexical&folder=guides" }, async (page) => {
    const state = page.getByRole("region", { name: "No results" });
    await state.waitFor();
    assert.match(await textOf(state), /zzqxv/);
    assert.equal(await textOf(page.getByRole("status")), "Nothing found");
    await state.getByRole("button", { name: "Search without filters" }).click();
    await eventually(
      page,
      async () => new URL(page.url()).searchParams.get("folder"),
      (folder) => folder === null,
    );
    await state.getByRole("button", { name: "Search by words and meaning" }).click();
    await page.locator(".hit").first().waitFor();
  }),
);

test("an empty library tells the command that fills it", { skip }, () =>
  site.visit(
    {
      prepare: (page) =>
        amend(page, "/v1/status", (status) => ({
          ...status,
          library: { ...(status.library as object), documents: 0 },
        })),
    },
    async (page) => {
      const state = page.getByRole("region", { name: "Empty library" });
      await state.waitFor();
      assert.match(await textOf(state), /npx lodestone index/);
    },
  ),
);

test("a problem of the server is shown with its detail and code, and trying again helps once it is mended", {
  skip,
}, () => {
  const problem = {
    type: "about:blank",
    title: "The library is damaged",
    status: 503,
    detail: "The index does not match its checksum.",
    code: "LIBRARY_DAMAGED",
  };
  const refuse = (route: Route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) });
  return site.visit(
    { path: asked, provokesErrors: true, prepare: (page) => page.route("**/v1/search", refuse) },
    async (page) => {
      const state = page.getByRole("region", { name: "Error" });
      await state.waitFor();
      const text = await textOf(state);
      for (const part of [problem.title, problem.detail, problem.code]) assert.ok(text.includes(part), text);
      await page.unroute("**/v1/search");
      await state.getByRole("button", { name: "Try again" }).click();
      await page.locator(".hit").first().waitFor();
    },
  );
});

test("a server that is gone is said to be gone", { skip }, () =>
  site.visit(
    { path: asked, provokesErrors: true, prepare: (page) => page.route("**/v1/**", (route) => route.abort()) },
    async (page) => {
      const state = page.getByRole("region", { name: "Error" });
      await state.waitFor();
      assert.match(await textOf(state), /cannot be reached/);
      assert.match(await textOf(state), /npx lodestone serve/);
    },
  ),
);

test("a document that is gone is said to be gone", { skip }, () =>
  site.visit({ path: "/#/doc/no-such-document", provokesErrors: true }, async (page) => {
    const panel = page.getByRole("region", { name: "Document" });
    await panel.getByRole("region", { name: "Error" }).waitFor();
    assert.match(await textOf(panel), /NOT_FOUND/);
  }),
);

test("a degraded answer names the stage that is missing and why, above the results", { skip }, () =>
  site.visit(
    {
      path: asked,
      prepare: (page) =>
        amend(page, "/v1/search", (answer) => ({
          ...answer,
          rerankDepth: 0,
          degraded: [{ stage: "rerank", reason: "the cross-encoder took longer than 300 ms" }],
        })),
    },
    async (page) => {
      const notice = page.getByRole("list", { name: "Degraded answer" });
      await notice.waitFor();
      assert.match(await textOf(notice), /without reranking: the cross-encoder took longer than 300 ms/);
      assert.ok((await page.locator(".hit").count()) > 0);
    },
  ),
);

test("while files are indexed the progress is followed, and asking stops when it is done", { skip }, () => {
  const ingests = [
    { running: true, done: 40, total: 90 },
    { running: true, done: 80, total: 90 },
    { running: false, done: 90, total: 90 },
  ];
  let calls = 0;
  return site.visit(
    {
      prepare: (page) =>
        amend(page, "/v1/status", (status) => ({ ...status, ingest: ingests[Math.min(calls++, ingests.length - 1)] })),
    },
    async (page) => {
      await page.getByText("Indexing: 40 of 90").waitFor();
      await page.getByText("Indexing: 80 of 90").waitFor();
      await page.getByRole("progressbar").waitFor({ state: "detached" });
      assert.equal(calls, 3);
    },
  );
});

test("a late answer to an earlier question is never shown", { skip }, () => {
  // The first question is answered only after the second one has been shown.
  const secondIsShown = signal();
  const firstIsAnswered = signal();
  const holdFirst = async (route: Route) => {
    const { query } = route.request().postDataJSON();
    const answer = await route.fetch();
    if (query === "coffee") await secondIsShown.given;
    // The page has given the first request up by then, which the browser may or may not tell.
    await route.fulfill({ response: answer }).catch(() => assert.equal(query, "coffee"));
    if (query === "coffee") firstIsAnswered.give();
  };
  return site.visit({ prepare: (page) => page.route("**/v1/search", holdFirst) }, async (page) => {
    const field = page.getByRole("combobox");
    const first = page.waitForRequest((request) => request.postDataJSON()?.query === "coffee");
    await field.fill("coffee");
    await first;
    await field.fill("tomatoes in July");
    await page.locator(".hit").first().waitFor();
    secondIsShown.give();
    await firstIsAnswered.given;
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert.equal(await textOf(page.locator(".hit-link").first()), "Garden diary");
  });
});
