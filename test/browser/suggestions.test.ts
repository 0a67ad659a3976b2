// Suggestions while typing: the search field as a combobox, with the engine behind it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually, openSite, skip, textOf } from "./site.js";

const site = openSite();
const field = (page: Page) => page.getByRole("combobox", { name: "Search your library" });
const list = (page: Page) => page.getByRole("listbox", { name: "Suggestions" });
const options = (page: Page) => list(page).getByRole("option");
const hits = (page: Page) => page.locator(".hit");
const active = (page: Page) => list(page).locator("[aria-selected=true]");
const isFieldFocused = (page: Page) => page.evaluate<boolean>("document.activeElement.matches('.search-input')");

async function type(page: Page, text: string) {
  await field(page).pressSequentially(text);
  await list(page).waitFor();
}

test("what is typed is completed by title, heading, word and earlier query, each named", { skip }, () =>
  site.visit({}, async (page) => {
    await site.engine().search({ query: "restore a backup" });
    assert.equal(await field(page).getAttribute("aria-expanded"), "false");
    await type(page, "r");
    const wanted = ["restore a backup, earlier query", "Rotating the signing keys, title", "Restoring, heading"];
    const texts = await eventually(
      page,
      () => options(page).allTextContents(),
      (found) => wanted.every((text) => found.includes(text)),
    );
    assert.ok(
      texts.some((text) => text.endsWith(", word")),
      texts.join(),
    );
    assert.equal(await textOf(options(page).first().locator("b")), "estore a backup");
    assert.equal(await field(page).getAttribute("aria-expanded"), "true");
    assert.equal(await field(page).getAttribute("aria-controls"), await list(page).getAttribute("id"));
  }),
);

test(
  "the arrows walk the list while the focus stays in the field, and results go on following what is typed",
  { skip },
  () =>
    site.visit({}, async (page) => {
      await type(page, "rot");
      await hits(page).first().waitFor();
      await page.keyboard.press("ArrowDown");
      assert.ok(await isFieldFocused(page));
      const id = await active(page).getAttribute("id");
      assert.equal(await field(page).getAttribute("aria-activedescendant"), id);
      assert.equal(await field(page).inputValue(), "rot", "nothing is taken yet");
      await page.keyboard.press("Home");
      assert.equal(await active(page).count(), 0);
      assert.equal(await page.evaluate("document.activeElement.selectionStart"), 0);
      await page.keyboard.press("ArrowUp");
      assert.equal(await options(page).last().getAttribute("aria-selected"), "true");
      await page.keyboard.press("ArrowDown");
      assert.equal(await field(page).getAttribute("aria-activedescendant"), null);
    }),
);

test("Enter takes what is active and searches for it at once; a second Enter goes to the first result", { skip }, () =>
  site.visit({}, async (page) => {
    await type(page, "rotating");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await list(page).waitFor({ state: "detached" });
    assert.equal(await field(page).inputValue(), "Rotating the signing keys");
    await eventually(
      page,
      async () => new URL(page.url()).searchParams.get("q"),
      (query) => query === "Rotating the signing keys",
    );
    await eventually(
      page,
      () => page.locator(".hit-link").first().textContent(),
      (title) => title === "Rotating the signing keys",
    );
    assert.ok(await isFieldFocused(page));
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Rotating the signing keys");
  }),
);

test("a suggestion is taken with the pointer, and the field keeps the focus", { skip }, () =>
  site.visit({}, async (page) => {
    await type(page, "gard");
    await options(page).filter({ hasText: "Garden diary" }).click();
    assert.equal(await field(page).inputValue(), "Garden diary");
    assert.equal(await list(page).count(), 0);
    assert.ok(await isFieldFocused(page));
  }),
);

test("Escape closes the list first and clears the field second; Alt and Down open it again", { skip }, () =>
  site.visit({}, async (page) => {
    await type(page, "rot");
    await page.keyboard.press("Escape");
    await list(page).waitFor({ state: "detached" });
    assert.equal(await field(page).inputValue(), "rot");
    await page.keyboard.press("Alt+ArrowDown");
    await list(page).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    assert.equal(await field(page).inputValue(), "");
  }),
);

test(
  "whoever turns to the results closes the list: by Enter, Tab, a press beside it, the wheel or Back",
  { skip },
  () =>
    site.visit({ path: "/?q=keys" }, async (page) => {
      await hits(page).first().waitFor();
      const ways: [name: string, turn: () => Promise<unknown>][] = [
        ["Enter", () => page.keyboard.press("Enter")],
        ["Tab", () => page.keyboard.press("Tab")],
        ["press", () => page.mouse.click(1000, 700)],
        ["wheel", () => page.mouse.move(1000, 700).then(() => page.mouse.wheel(0, 100))],
        ["Back", () => page.goBack()],
      ];
      for (const [name, turn] of ways) {
        await field(page).fill("");
        await type(page, "rot");
        await hits(page).first().waitFor();
        await turn();
        await list(page).waitFor({ state: "detached" });
        if (name === "Enter") assert.match(await page.evaluate<string>("document.activeElement.className"), /hit-link/);
      }
    }),
);

test("an answer that comes late shows nothing, and a server without one disturbs nobody", { skip }, () =>
  site.visit(
    {
      provokesErrors: true,
      prepare: (page) =>
        page.route("**/v1/suggest?*", async (route) => {
          const typed = new URL(route.request().url()).searchParams.get("q");
          if (typed === "zzz") return route.abort();
          const suggestions = [{ text: `${typed} of old`, kind: "query" }];
          if (typed === "r") await page.waitForResponse((response) => response.url().includes("q=ro"));
          // The page has given up on the first of them.
          await route.fulfill({ json: { suggestions } }).catch(() => undefined);
        }),
    },
    async (page) => {
      const asked = page.waitForRequest((request) => request.url().includes("q=r&"));
      await field(page).press("r");
      await asked;
      await field(page).press("o");
      await options(page).filter({ hasText: "ro of old" }).waitFor();
      assert.equal(await options(page).count(), 1);
      await field(page).fill("zzz");
      await list(page).waitFor({ state: "detached" });
      await page.getByRole("status").filter({ hasText: /./ }).waitFor({ state: "attached" });
      assert.equal(await page.getByRole("alert").count(), 0);
    },
  ),
);

test("results stay where they are when the list comes, and on a phone it has the width of the page", { skip }, () =>
  site.visit({ context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } }, async (page) => {
    await type(page, "rotating");
    await hits(page).first().waitFor();
    const top = async () => (await hits(page).first().boundingBox())?.y;
    const withList = await top();
    const box = await list(page).boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.width > 350 && box.x + box.width <= 390, JSON.stringify(box));
    assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")) <= 0);
    await page.keyboard.press("Escape");
    await list(page).waitFor({ state: "detached" });
    assert.equal(await top(), withList);
  }),
);

for (const colorScheme of ["light", "dark"] as const) {
  test(`suggestions are legible in the ${colorScheme} theme`, { skip }, () =>
    site.visit({ context: { colorScheme } }, async (page) => {
      await type(page, "r");
      await page.keyboard.press("ArrowDown");
      const chosen = ".suggestion[aria-selected=true]";
      for (const part of [".suggestion-kind", ".suggestion b", `${chosen} .suggestion-kind`, `${chosen} b`]) {
        const contrast = await page.evaluate<number>(`(${site.contrastOf})(document.querySelector("${part}"))`);
        assert.ok(contrast >= 4.5, `${part} has ${contrast.toFixed(2)}`);
      }
    }),
  );
}
