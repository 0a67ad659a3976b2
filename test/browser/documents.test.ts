// The page of the documents: listed, narrowed, paged through, opened and deleted, with the engine behind it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const rows = (page: Page) => page.locator(".document-row");
const titles = (page: Page) => page.locator(".document-link").allInnerTexts();
const filter = (page: Page) => page.getByRole("searchbox", { name: "Filter the documents" });
const panel = (page: Page) => page.getByRole("region", { name: "Document" });
const focused = (page: Page) => page.evaluate<string>("document.activeElement?.textContent ?? ''");

async function whenListed(page: Page, count: number): Promise<void> {
  await eventually(
    page,
    () => rows(page).count(),
    (shown) => shown === count,
  );
}

/** Presses Tab until the element with the focus has this text. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  for (let steps = 0; steps < 40; steps++) {
    if (text.test(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never came to ${text}`);
}

test("the header leads to the documents, each with its title, path, type and length", { skip }, () =>
  site.visit({ path: "/?q=signing+keys" }, async (page) => {
    await page.locator(".hit").first().waitFor();
    await page.getByRole("link", { name: "Documents" }).click();
    await whenListed(page, 13);
    assert.match(page.url(), /\?q=signing\+keys#\/documents$/);
    assert.equal(await page.title(), "Documents · Lodestone");
    assert.match(await textOf(page.locator(".page-head")), /13 documents/);
    const row = rows(page).filter({ hasText: "Rotating the signing keys" });
    assert.match(await textOf(row), /guides\/rotating-keys\.md.*Markdown, \d+ characters/);
    assert.equal(await page.getByRole("navigation", { name: "Pages of the list" }).count(), 0);
  }),
);

test("an open document shows what is known of it, its passages and, on request, each of them in the text", {
  skip,
}, async (t) => {
  const engine = site.engine();
  const id = "kept.md";
  t.after(() => engine.remove([id]));
  const text = `# Kept\n\nA first word.\n\n## Below\n\n${"Then many more words follow, all about compasses. ".repeat(60)}`;
  await engine.put([{ id, text, type: "text/markdown", metadata: { team: "infra", tags: ["a", "b"] } }]);
  await site.visit({ path: "/#/documents" }, async (page) => {
    await page.getByRole("link", { name: "Kept", exact: true }).click();
    const facts = panel(page).locator(".facts");
    await facts.last().waitFor();
    assert.match(await textOf(facts.first()), /Idkept\.md.*Typetext\/markdown.*Length[\d,]+ characters, [\d,]+ tokens/);
    assert.match(await textOf(facts.last()), /teaminfra.*tagsa, b/);
    const chunks = (await engine.get(id))!.chunks;
    assert.ok(chunks.length > 1);
    const items = panel(page).locator(".chunk");
    assert.equal(await items.count(), chunks.length);
    const last = chunks.at(-1)!;
    const count = (number: number) => number.toLocaleString("en");
    assert.equal(
      await textOf(items.last().locator(".chunk-facts")),
      `${last.index + 1}${last.tokens} tokenscharacters ${count(last.start)} to ${count(last.end)}In the text`,
    );
    assert.match(await textOf(items.last().locator(".hit-trail")), /Below/);
    await items
      .last()
      .getByRole("button", { name: /in the text/ })
      .click();
    const passage = panel(page).locator(".passage").last();
    await passage.waitFor();
    assert.ok((await engine.get(id))!.text.slice(last.start, last.end).endsWith((await textOf(passage)).trim()));
    await panel(page)
      .getByLabel(/^Passages/)
      .check();
    await items.first().waitFor();

    const link = page.url();
    await page.goBack();
    await panel(page).waitFor({ state: "detached" });
    await page.goto("about:blank");
    await page.goto(link);
    await panel(page).locator(".chunk").first().waitFor();
    assert.equal(await rows(page).filter({ hasText: "Kept" }).locator("a").getAttribute("aria-current"), "true");
    await panel(page).getByRole("button", { name: "Close" }).click();
    await panel(page).waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).hash, "#/documents");
  });
});

test("what is typed narrows the list, a folder and a type as well, and Back takes them off again", { skip }, () =>
  site.visit({ path: "/#/documents" }, async (page) => {
    await whenListed(page, 13);
    await filter(page).pressSequentially("guides/r");
    await whenListed(page, 1);
    assert.deepEqual(await titles(page), ["Rotating the signing keys"]);
    assert.match(page.url(), /#\/documents\?find=guides%2Fr$/);
    await filter(page).fill("garden");
    await eventually(
      page,
      () => titles(page),
      ([title]) => title === "Garden diary",
    );
    await filter(page).fill("type:text/html");
    await whenListed(page, 2);
    await page.keyboard.press("Escape");
    assert.equal(await filter(page).inputValue(), "");
    await whenListed(page, 13);
    await page.locator(".folders .choice", { hasText: "notes" }).click();
    await whenListed(page, 3);
    await page.getByLabel("Text").check();
    await eventually(
      page,
      async () => page.url(),
      (url) => url.includes("type=text%2Fplain"),
    );
    await page.goBack();
    await page.goBack();
    await whenListed(page, 13);
  }),
);

test("a filter that nothing meets says how to write one, and its button shows everything", { skip }, () =>
  site.visit({ path: "/#/documents?find=zzqxv&type=text%2Fhtml" }, async (page) => {
    const state = page.getByRole("region", { name: "No documents" });
    await state.waitFor();
    assert.match(await textOf(state), /zzqxv.*under these filters.*field:value/);
    await state.getByRole("button", { name: "Show all documents" }).click();
    await whenListed(page, 13);
    assert.equal(await filter(page).inputValue(), "");
  }),
);

test("a long list has pages, each with its own address", { skip }, async (t) => {
  const engine = site.engine();
  const ids = Array.from({ length: 51 }, (_, i) => `row-${String(i).padStart(2, "0")}`);
  t.after(() => engine.remove(ids));
  await engine.put(ids.map((id) => ({ id, text: `Number ${id}.`, title: id })));
  await site.visit({ path: "/#/documents?find=row-" }, async (page) => {
    await whenListed(page, 50);
    const pager = page.getByRole("navigation", { name: "Pages of the list" });
    assert.match(await textOf(pager), /1 to 50 of 51/);
    await pager.getByRole("link", { name: "Next" }).click();
    await whenListed(page, 1);
    assert.match(await textOf(pager), /51 to 51 of 51/);
    assert.equal(await page.evaluate("scrollY"), 0);
    assert.deepEqual(await titles(page), ["row-50"]);
    await page.goBack();
    await whenListed(page, 50);
    await page.goForward();
    await whenListed(page, 1);
    // The page that is emptied gives way to the one before it.
    await rows(page).locator("a").click();
    await panel(page).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await whenListed(page, 50);
    assert.equal(await pager.count(), 0);
  });
});

test("a document is found, opened and deleted by keyboard; Escape leaves it where it is", { skip }, async (t) => {
  const engine = site.engine();
  t.after(() => engine.remove(["draft-1", "draft-2"]));
  await engine.put([
    { id: "draft-1", text: "The first draft.", title: "Draft one" },
    { id: "draft-2", text: "The second draft.", title: "Draft two" },
  ]);
  await site.visit({ path: "/#/documents" }, async (page) => {
    await whenListed(page, 15);
    await filter(page).focus();
    await page.keyboard.type("draft");
    await whenListed(page, 2);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "Draft two");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.evaluate("document.activeElement.value"), "draft");
    await tabTo(page, /^Draft one$/);
    await page.keyboard.press("Enter");
    await panel(page).locator(".chunk").first().waitFor();
    await page.keyboard.press("Shift+Tab");
    await tabTo(page, /^Delete$/);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.equal(await focused(page), "Cancel");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await panel(page).count(), 1, "the document stays open");
    assert.equal(await focused(page), "Delete");
    assert.ok(await engine.get("draft-1"));

    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await panel(page).waitFor({ state: "detached" });
    await whenListed(page, 1);
    assert.equal(await engine.get("draft-1"), undefined);
    await eventually(
      page,
      () => focused(page),
      (text) => text === "Draft two",
    );
    assert.equal(await textOf(page.locator(".deleted")), "draft-1 was deleted");
    await eventually(
      page,
      () => textOf(page.getByRole("contentinfo")),
      (text) => text.includes("14 documents"),
    );
    await page.keyboard.press("/");
    assert.match(await page.evaluate<string>("document.activeElement.className"), /search-input/);
  });
});

test("what the server refuses to delete stays, and the dialog says why", { skip }, () =>
  site.visit({ path: "/#/documents", provokesErrors: true }, async (page) => {
    await page.route("**/v1/documents/**", (route) =>
      route.request().method() === "DELETE"
        ? route.fulfill({
            status: 503,
            contentType: "application/problem+json",
            body: JSON.stringify({ title: "Closed", detail: "The engine is closing." }),
          })
        : route.continue(),
    );
    await page.getByRole("link", { name: "Backups" }).click();
    await panel(page).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alert").waitFor();
    assert.match(await textOf(page.getByRole("alert")), /The engine is closing/);
    await page.getByRole("button", { name: "Cancel" }).click();
    await whenListed(page, 13);
  }),
);

/** Answers with the server's own status, changed. */
function amendLibrary(page: Page, change: Record<string, unknown>) {
  return page.route("**/v1/status", async (route) => {
    const status = await (await route.fetch()).json();
    await route.fulfill({ json: { ...status, library: { ...status.library, ...change } } });
  });
}

test("a library that is open for reading only offers no deleting", { skip }, () =>
  site.visit({ path: "/#/documents", prepare: (page) => amendLibrary(page, { readOnly: true }) }, async (page) => {
    await page.getByRole("link", { name: "Backups" }).click();
    await panel(page).locator(".chunk").first().waitFor();
    assert.equal(await panel(page).getByRole("button", { name: "Delete" }).count(), 0);
    assert.equal(await panel(page).getByRole("button", { name: "Copy path" }).count(), 1);
  }),
);

test("an empty library says how to fill it", { skip }, () =>
  site.visit(
    {
      path: "/#/documents",
      prepare: async (page) => {
        await amendLibrary(page, { documents: 0 });
        await page.route("**/v1/documents?**", (route) =>
          route.fulfill({ json: { documents: [], total: 0, offset: 0, limit: 50 } }),
        );
      },
    },
    async (page) => {
      const state = page.getByRole("region", { name: "Empty library" });
      await state.waitFor();
      assert.match(await textOf(state), /npx lodestone index/);
    },
  ),
);

test("a list that cannot be had is told with its cause, and trying again helps once it is mended", { skip }, () =>
  site.visit(
    {
      path: "/#/documents",
      provokesErrors: true,
      prepare: (page) => page.route("**/v1/documents?**", (route) => route.abort()),
    },
    async (page) => {
      const state = page.getByRole("region", { name: "Error" });
      await state.waitFor();
      assert.match(await textOf(state), /cannot be reached/);
      await page.unroute("**/v1/documents?**");
      await state.getByRole("button", { name: "Try again" }).click();
      await whenListed(page, 13);
    },
  ),
);

test("on a phone the open document covers the list, and nothing scrolls sideways", { skip }, () =>
  site.visit(
    { path: "/#/documents", context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
    async (page) => {
      const overflow = () => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      await whenListed(page, 13);
      assert.ok((await overflow()) <= 0, "list");
      await page.getByRole("button", { name: /^Filters/ }).tap();
      await page.getByLabel("Markdown").waitFor();
      assert.ok((await overflow()) <= 0, "filters");
      await page.getByRole("button", { name: /^Filters/ }).tap();
      await page.getByRole("link", { name: "Backups" }).tap();
      await panel(page).locator(".chunk").first().waitFor();
      assert.equal((await panel(page).boundingBox())?.width, 360);
      assert.equal(await page.evaluate<boolean>("document.querySelector('main').inert"), true);
      assert.ok((await overflow()) <= 0, "document");
      await panel(page).getByRole("button", { name: "Delete" }).tap();
      await page.getByRole("dialog").waitFor();
      assert.ok((await overflow()) <= 0, "dialog");
      await page.getByRole("button", { name: "Cancel" }).tap();
      await page.goBack();
      await panel(page).waitFor({ state: "detached" });
    },
  ),
);

for (const colorScheme of ["light", "dark"] as const) {
  test(`documents are legible in the ${colorScheme} theme`, { skip }, () =>
    site.visit({ path: "/#/documents", context: { colorScheme } }, async (page) => {
      await page.getByRole("link", { name: "Backups" }).click();
      await panel(page).locator(".chunk").first().waitFor();
      await panel(page).getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").waitFor();
      for (const part of [
        ".document-link",
        ".document-where",
        ".document-length",
        ".document-row .date",
        ".page-count",
        ".fact dt",
        ".segment:has(:checked) span",
        ".chunk-facts span",
        ".chunk-facts .quiet",
        ".chunk-text",
        ".confirm-body p",
        ".danger",
      ]) {
        const contrast = await page.evaluate<number>(`(${site.contrastOf})(document.querySelector("${part}"))`);
        assert.ok(contrast >= 4.5, `${part} has ${contrast.toFixed(2)}`);
      }
    }),
  );
}
