// The page of the jobs: live, with the engine behind it; what cannot be brought about on purpose is answered in the server's
// stead.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Job } from "../../src/index.js";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const jobs = (page: Page) => page.locator(".job");
const subjects = (page: Page) => page.locator(".job-subject").allInnerTexts();

async function whenLive(page: Page): Promise<void> {
  await page.locator(".live-live").waitFor();
  await jobs(page).first().waitFor();
}

test("the header leads to the jobs and back to the search as it was", { skip }, () =>
  site.visit({ path: "/?q=signing+keys" }, async (page) => {
    await page.locator(".hit").first().waitFor();
    await page.getByRole("link", { name: "Jobs" }).click();
    await whenLive(page);
    assert.match(page.url(), /\?q=signing\+keys#\/jobs$/);
    assert.equal(await page.title(), "Jobs · Lodestone");
    assert.match((await subjects(page)).join(), /Index .*guides/);
    assert.equal(await page.getByRole("link", { name: "Jobs" }).getAttribute("aria-current"), "page");
    await page.goBack();
    await page.locator(".hit").first().waitFor();
    await page.goForward();
    await whenLive(page);
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.locator(".hit").first().waitFor();
    assert.equal(await page.getByRole("combobox").inputValue(), "signing keys");
  }),
);

test("a job that is submitted appears, is done and says what it did, without reloading", { skip }, () =>
  site.visit({ path: "/#/jobs" }, async (page) => {
    await whenLive(page);
    const before = await jobs(page).count();
    const answer = await fetch(`${site.url()}/v1/documents/live.txt?wait=false`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "A text that comes while the page is looked at." }),
    });
    assert.equal(answer.status, 202);
    await eventually(
      page,
      () => jobs(page).count(),
      (count) => count === before + 1,
    );
    await eventually(
      page,
      () => textOf(jobs(page).first()),
      (text) => /Done.*Put live\.txt.*1 document.*1 written, 1 passage/.test(text),
    );
    await fetch(`${site.url()}/v1/documents/live.txt`, { method: "DELETE" });
    await eventually(
      page,
      () => textOf(jobs(page).first()),
      (text) => /Remove live\.txt/.test(text),
    );
  }),
);

test("a failed job shows why, is tried again by its button, and dismissed by another", { skip }, () =>
  site.visit({ path: "/#/jobs" }, async (page) => {
    await whenLive(page);
    const engine = site.engine();
    const { id } = await engine.submit({ kind: "paths", targets: ["/no/such/folder"] });
    assert.equal((await engine.jobs.wait(id)).state, "failed");
    const failed = page.locator(".job-failed");
    await failed.waitFor();
    assert.match(await textOf(failed), /no file or folder "\/no\/such\/folder".*PATH_NOT_FOUND/);
    await page.getByRole("link", { name: /^Failed 1/ }).click();
    await eventually(
      page,
      () => jobs(page).count(),
      (count) => count === 1,
    );
    const retried = page.waitForResponse((response) => response.url().endsWith(`/v1/jobs/${id}/retry`));
    await failed.getByRole("button", { name: "Retry" }).click();
    assert.equal((await retried).status(), 200);
    await engine.jobs.wait(id);
    await failed.waitFor();
    await failed.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("region", { name: "No jobs" }).waitFor();
    assert.match(await textOf(page.getByRole("region", { name: "No jobs" })), /Nothing is failed/);
    assert.equal((await engine.jobs.get(id))?.state, "cancelled");
  }),
);

const example: Job = {
  id: "j0000000007",
  kind: "paths",
  priority: "bulk",
  state: "running",
  subject: "/home/ada/notes",
  done: 40,
  total: 90,
  bytes: 100,
  attempts: 2,
  error: { code: "WORKER_FAILED", message: "The model took longer than 300 s." },
  createdAt: "2026-01-01T10:00:00.000Z",
  startedAt: "2026-01-01T10:00:01.000Z",
  result: {
    ...{ written: 40, unchanged: 0, removed: 0, moved: 0, missing: 0, superseded: 0 },
    ...{ chunks: 320, embedded: 320, tokens: 9_000, cached: 0 },
    skipped: 1,
    skips: [{ path: "/home/ada/notes/a.bin", reason: "it is binary", hint: "Leave it." }],
  },
};

/** Answers lists and streams with `list` and `queue`. */
async function answerWith(page: Page, list: Job[], queue = { queued: 0, running: 0, failed: 0, bytes: 0 }) {
  await page.route("**/v1/jobs?**", (route) =>
    route.fulfill({ json: { jobs: list, total: list.length, offset: 0, limit: 50 } }),
  );
  await page.route("**/v1/jobs/events", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: `retry: 60000\n\nevent: snapshot\ndata: ${JSON.stringify({ jobs: list, queue })}\n\n`,
    }),
  );
}

test(
  "a running job shows how far it is, which try it is and why the last one failed; a click cancels it",
  { skip },
  () =>
    site.visit({ path: "/#/jobs", prepare: (page) => answerWith(page, [example]) }, async (page) => {
      const item = page.locator(".job-running");
      await item.waitFor();
      const bar = item.getByRole("progressbar");
      assert.deepEqual([await bar.getAttribute("value"), await bar.getAttribute("max")], ["40", "90"]);
      assert.match(await textOf(item), /40 of 90 files.*40 written, 1 skipped, 320 passages.*try 2.*longer than 300 s/);
      await item.getByRole("button", { name: "Details" }).click();
      assert.match(await textOf(item.getByRole("list", { name: "Skipped" })), /a\.bin it is binary/);
      await page.route("**/v1/jobs/j0000000007", (route) =>
        route.fulfill({ json: { ...example, state: "cancelled", finishedAt: example.createdAt } }),
      );
      const asked = page.waitForRequest((request) => request.method() === "DELETE");
      await item.getByRole("button", { name: "Cancel" }).click();
      await asked;
      await page.locator(".job-cancelled").waitFor();
    }),
);

test("what the server refuses is said, and the page stays", { skip }, () =>
  site.visit(
    { path: "/#/jobs", provokesErrors: true, prepare: (page) => answerWith(page, [example]) },
    async (page) => {
      await page.route("**/v1/jobs/j0000000007", (route) =>
        route.fulfill({
          status: 403,
          contentType: "application/problem+json",
          body: JSON.stringify({ title: "Read only", detail: "The library is open for reading only." }),
        }),
      );
      await page.locator(".job-running").getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("alert").waitFor();
      assert.match(await textOf(page.getByRole("alert")), /open for reading only/);
      await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
      assert.equal(await jobs(page).count(), 1);
    },
  ),
);

test("a library without jobs says how to begin", { skip }, () =>
  site.visit({ path: "/#/jobs", prepare: (page) => answerWith(page, []) }, async (page) => {
    const state = page.getByRole("region", { name: "No jobs" });
    await state.waitFor();
    assert.match(await textOf(state), /No jobs yet.*npx lodestone index/);
  }),
);

test("a list that cannot be had is told with its cause, and a lost connection as well", { skip }, () =>
  site.visit(
    {
      path: "/#/jobs",
      provokesErrors: true,
      prepare: (page) => page.route("**/v1/jobs**", (route) => route.abort()),
    },
    async (page) => {
      await page.getByRole("region", { name: "Error" }).waitFor();
      await page.locator(".live-lost").waitFor();
      await page.unroute("**/v1/jobs**");
      await page.getByRole("button", { name: "Try again" }).click();
      await jobs(page).first().waitFor();
    },
  ),
);

test("the keyboard reaches the jobs and what can be done about them; / leads to the search from there", { skip }, () =>
  site.visit({ path: "/#/jobs" }, async (page) => {
    await whenLive(page);
    await page.locator(".job .quiet").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".job-details").waitFor();
    await page.keyboard.press("/");
    assert.match(await page.evaluate<string>("document.activeElement.className"), /search-input/);
    await page.keyboard.type("coffee");
    await page.locator(".hit").first().waitFor();
    assert.equal(await page.evaluate<string>("document.activeElement.value"), "coffee");
    assert.equal(new URL(page.url()).hash, "");
    await page.goBack();
    await whenLive(page);
  }),
);

test(
  "on a phone a button in the header leads to the jobs, Escape closes it, and nothing scrolls sideways",
  { skip },
  () =>
    site.visit({ context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } }, async (page) => {
      const overflow = () => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      const button = page.locator(".page-menu summary");
      await button.tap();
      const link = page.getByRole("link", { name: "Jobs" });
      await link.waitFor();
      assert.ok((await overflow()) <= 0, "menu");
      await page.keyboard.press("Escape");
      await link.waitFor({ state: "hidden" });
      await button.tap();
      await link.tap();
      await whenLive(page);
      assert.equal(await link.isVisible(), false);
      assert.ok((await overflow()) <= 0, "jobs");
    }),
);

for (const colorScheme of ["light", "dark"] as const) {
  test(`jobs are legible in the ${colorScheme} theme`, { skip }, () => {
    const failed: Job = { ...example, id: "j0000000008", state: "failed" };
    const queued: Job = { ...example, id: "j0000000009", state: "queued", nextAttemptAt: example.createdAt };
    return site.visit(
      { path: "/#/jobs", context: { colorScheme }, prepare: (page) => answerWith(page, [queued, failed, example]) },
      async (page) => {
        await jobs(page).nth(2).waitFor();
        const parts = [
          ".job-subject",
          ".job-kind",
          ".job-facts span",
          ".job-error",
          ".job-code",
          ".moment",
          ".job-tools .quiet",
        ];
        for (const part of [
          ...parts,
          ".job-failed .job-state",
          ".job-running .job-state",
          ".job-queued .job-state",
          ".page-link",
        ]) {
          const contrast = await page.evaluate<number>(`(${site.contrastOf})(document.querySelector("${part}"))`);
          assert.ok(contrast >= 4.5, `${part} has ${contrast.toFixed(2)}`);
        }
      },
    );
  });
}
