// Using the page as a reader does: type, narrow, walk by keyboard, open, explain. Real server, real Chromium.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const question = "rotate the signing keys";
const asked = `/?q=${encodeURIComponent(question)}`;

const hits = (page: Page) => page.locator(".hit");
const titles = (page: Page) => page.locator(".hit-link").allInnerTexts();
const focused = (page: Page) => page.evaluate<string>("document.activeElement?.textContent ?? ''");
const focusedClass = (page: Page) => page.evaluate<string>("document.activeElement?.className ?? ''");
const paths = (page: Page) =>
  page.evaluate<string[]>("[...document.querySelectorAll('.hit .crumbs')].map((crumbs) => crumbs.title)");

test(
  "typing a question brings results with the matching words marked, and the question into the address",
  { skip },
  () =>
    site.visit({}, async (page) => {
      await page.getByRole("combobox").pressSequentially(question);
      const first = hits(page).first();
      await first.waitFor();
      await eventually(
        page,
        () => titles(page),
        ([title]) => title === "Rotating the signing keys",
      );
      const marks = (await first.locator("mark").allInnerTexts()).map((mark) => mark.toLowerCase());
      assert.ok(
        marks.some((mark) => mark.includes("key")),
        marks.join(),
      );
      assert.match(await textOf(first.locator(".crumbs")), /rotating-keys\.md$/);
      assert.equal(new URL(page.url()).searchParams.get("q"), question);
      assert.match(await page.title(), /rotate the signing keys/);
      assert.match(await textOf(page.getByRole("status")), /documents? found/);
    }),
);

test("an address opened by itself shows its search, and Back returns to the one before", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    assert.equal(await page.getByRole("combobox").inputValue(), question);
    await page.locator(".segment", { hasText: "Keyword" }).click();
    await page.waitForURL(/mode=lexical/);
    await page.goBack();
    await eventually(
      page,
      () => page.getByLabel("Hybrid").isChecked(),
      (isChecked) => isChecked,
    );
    assert.equal(new URL(page.url()).searchParams.get("mode"), null);
  }),
);

test("letters typed quickly are asked once", { skip }, () =>
  site.visit({}, async (page) => {
    const bodies: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/v1/search")) bodies.push(request.postDataJSON().query);
    });
    await page.evaluate(`for (const query of ["rot", "rotate", "rotate keys"]) {
      const field = document.querySelector(".search-input");
      field.value = query;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }`);
    await hits(page).first().waitFor();
    assert.deepEqual(bodies, ["rotate keys"]);
  }),
);

test("a folder narrows the results to what lies in it, and its chip takes it off again", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await eventually(
      page,
      () => paths(page),
      (found) => found.some((path) => path.startsWith("guides/")),
    );
    await page.locator(".folders .choice", { hasText: "notes" }).click();
    await eventually(
      page,
      () => paths(page),
      (found) => found.length > 0 && found.every((path) => path.startsWith("notes/")),
    );
    assert.match(new URL(page.url()).searchParams.get("folder") ?? "", /^notes/);
    await page.getByRole("button", { name: /^Remove filter notes/ }).click();
    await eventually(
      page,
      () => paths(page),
      (found) => found.some((path) => path.startsWith("guides/")),
    );
    assert.equal(new URL(page.url()).searchParams.get("folder"), null);
  }),
);

test("a type narrows the results to files of that type", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    await page.getByLabel("HTML").check();
    const found = await eventually(
      page,
      () => paths(page),
      (list) => list.length > 0 && list.every((path) => path.endsWith(".html")),
    );
    assert.ok(found.length <= 2);
  }),
);

test("further results are added below the first ten", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    assert.equal(await hits(page).count(), 10);
    await page.getByRole("button", { name: /^Show more/ }).click();
    await eventually(
      page,
      () => hits(page).count(),
      (count) => count > 10,
    );
    const all = await paths(page);
    assert.equal(new Set(all).size, all.length);
  }),
);

test("the keyboard walks from the search to the results, into a document and back", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    const [first, second] = await titles(page);
    await page.keyboard.press("Escape");
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("/");
    assert.match(await focusedClass(page), /search-input/);
    await page.getByRole("combobox").fill(question);
    await eventually(
      page,
      () => titles(page),
      (list) => list.length > 1,
    );
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), first);
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), second);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    const panel = page.getByRole("region", { name: "Document" });
    await panel.waitFor();
    assert.match(await focusedClass(page), /panel-body/);
    assert.match(page.url(), /#\/doc\//);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await eventually(
      page,
      () => focused(page),
      (text) => text === first,
    );
    assert.equal(new URL(page.url()).hash, "");
    await page.keyboard.press("ArrowUp");
    assert.match(await focusedClass(page), /search-input/);
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("combobox").inputValue(), "");
  }),
);

test("Enter goes from the question to the first result, and again opens it", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    await page.getByRole("combobox").press("Enter");
    assert.equal(await focused(page), (await titles(page))[0]);
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Document" }).waitFor();
  }),
);

test("a question mark shows the keys, and Escape hides them", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.match(await textOf(dialog), /Explain the ranking/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await hits(page).count(), 10);
  }),
);

test("a document opens at the passage that matched, with the passage marked and in view", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await page.locator(".hit-link", { hasText: "Rotating the signing keys" }).click();
    const panel = page.getByRole("region", { name: "Document" });
    const passage = panel.locator(".passage").first();
    await passage.waitFor();
    const text = (await panel.locator(".passage").allInnerTexts()).join(" ");
    assert.match(text, /keys/);
    assert.ok((await panel.locator(".passage mark").count()) > 0);
    const top = (await passage.boundingBox())?.y ?? -1;
    assert.ok(top > 0 && top < 900, `the passage stands at ${top}`);
    assert.equal(await page.evaluate("scrollY"), 0);
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link);
    await panel.locator(".passage").first().waitFor();
    await eventually(
      page,
      () => hits(page).count(),
      (count) => count === 10,
    );
  }),
);

test("opening a result is told to the server, and nobody is disturbed where that fails", { skip }, () =>
  site.visit({ path: asked, provokesErrors: true }, async (page) => {
    await hits(page).first().waitFor();
    const answered = page.waitForResponse((response) => response.url().endsWith("/v1/feedback"));
    const searched = page.waitForResponse((response) => response.url().endsWith("/v1/search"));
    await page.reload();
    const { searchId, hits: found } = await (await searched).json();
    await page.locator(".hit-link").nth(1).click();
    const feedback = await answered;
    assert.equal(feedback.status(), 204);
    assert.deepEqual(feedback.request().postDataJSON(), { searchId, id: found[1].id, kind: "click" });
    await page.route("**/v1/feedback", (route) => route.abort());
    await page.locator(".hit-link").nth(0).click();
    await page.locator(".passage").first().waitFor();
  }),
);

test("the path of an open document can be copied", { skip }, () =>
  site.visit({ path: asked, context: { permissions: ["clipboard-read", "clipboard-write"] } }, async (page) => {
    await page.locator(".hit-link", { hasText: "Rotating the signing keys" }).click();
    await page.getByRole("button", { name: "Copy path" }).click();
    await page.getByText("Copied").waitFor();
    assert.match(await page.evaluate("navigator.clipboard.readText()"), /guides\/rotating-keys\.md$/);
  }),
);

test("the explanation shows every stage with its rank, and follows the result that is walked to", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("e");
    const panel = page.getByRole("region", { name: "Explanation" });
    await panel.locator(".ladder .chosen").waitFor();
    const [first, second] = await titles(page);
    assert.equal(await textOf(panel.locator(".explain-hit")), first);
    const stages = (await panel.locator(".stages tbody th").allInnerTexts()).join(" ");
    for (const stage of ["Words", "Meaning", "Fused", "Final"]) assert.ok(stages.includes(stage), stages);
    const finalRank = panel.locator(".stages .stage-final td").first();
    assert.equal(await textOf(finalRank), "1");
    assert.match(await textOf(panel.locator(".times")), /ms/);
    await page.keyboard.press("ArrowDown");
    await eventually(
      page,
      () => textOf(panel.locator(".explain-hit")),
      (title) => title === second,
    );
    assert.equal(await textOf(finalRank), "2");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    assert.equal(await hits(page).count(), 10);
  }),
);

test("a search by words alone has no rank by meaning to show", { skip }, () =>
  site.visit({ path: `${asked}&mode=lexical` }, async (page) => {
    await hits(page).first().hover();
    await hits(page).first().getByRole("button", { name: "Explain" }).click();
    const panel = page.getByRole("region", { name: "Explanation" });
    await panel.locator(".stages .stage-dense").waitFor();
    assert.match(await textOf(panel.locator(".stages .stage-dense")), /not in this list/);
  }),
);

test("the details of a result name its document and its passage", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await hits(page).first().hover();
    await hits(page).first().getByRole("button", { name: "Details" }).click();
    const facts = await textOf(hits(page).first().locator(".facts"));
    assert.match(facts, /Passage\d+ \(characters [\d,]+ to [\d,]+\)/);
    assert.match(facts, /text\/markdown/);
  }),
);
