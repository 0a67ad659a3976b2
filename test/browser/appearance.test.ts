// What the page looks like, as far as a machine can tell: themes, contrast, narrow windows, motion, and the rules that the server
// gives the browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually, openSite, skip } from "./site.js";

const site = openSite();
const asked = "/?q=rotate+the+signing+keys";
const paper = (page: Page) => page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");

const textParts = [
  ".hit-link",
  ".hit-snippet",
  ".hit mark",
  ".crumb",
  ".date",
  ".badge",
  ".score",
  ".choice-count",
  ".filter-name",
  ".segment",
  ".mode-meaning",
  ".summary-count",
  ".page-footer span",
  ".stages .measure",
  ".terms .term",
  ".explain-story",
];

for (const colorScheme of ["light", "dark"] as const) {
  test(`all text has a contrast of 4.5 to 1 in the ${colorScheme} theme`, { skip }, () =>
    site.visit({ path: asked, context: { colorScheme } }, async (page) => {
      await page.getByRole("button", { name: "Explain" }).first().click();
      await page.locator(".ladder").waitFor();
      for (const part of textParts) {
        const contrast = await page.evaluate<number>(`(${site.contrastOf})(document.querySelector("${part}"))`);
        assert.ok(contrast >= 4.5, `${part} has ${contrast.toFixed(2)}`);
      }
    }),
  );
}

test("the page follows the system's theme, and a chosen theme outlasts a reload", { skip }, () =>
  site.visit({ context: { colorScheme: "light" } }, async (page) => {
    const light = await paper(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await paper(page);
    assert.notEqual(light, dark);
    await page.getByRole("button", { name: /Change to light/ }).click();
    assert.equal(await paper(page), light);
    await page.reload();
    assert.equal(await paper(page), light);
    await page.getByRole("button", { name: /Change to dark/ }).click();
    await page.emulateMedia({ colorScheme: "light" });
    assert.equal(await paper(page), dark);
    await page.getByRole("button", { name: /Change to system/ }).click();
    assert.equal(await paper(page), light);
  }),
);

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

test("a window of 360 pixels never scrolls sideways", { skip }, () =>
  site.visit({ context: phone }, async (page) => {
    const overflow = () => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    await page.getByRole("region", { name: "In this library" }).waitFor();
    assert.ok((await overflow()) <= 0, "overview");
    await page.goto(`${site.url()}${asked}`);
    await page.locator(".hit").first().waitFor();
    assert.ok((await overflow()) <= 0, "results");
    await page.getByRole("button", { name: /^Filters/ }).tap();
    await page.getByLabel("Markdown").waitFor();
    assert.ok((await overflow()) <= 0, "filters");
    await page.getByRole("button", { name: /^Filters/ }).tap();
    await page.locator(".hit").first().getByRole("button", { name: "Explain" }).tap();
    await page.locator(".ladder").waitFor();
    assert.ok((await overflow()) <= 0, "explanation");
    await page.getByRole("region", { name: "Explanation" }).getByRole("button", { name: "Close" }).tap();
    await page.locator(".hit-link").first().tap();
    await page.locator(".passage").first().waitFor();
    assert.ok((await overflow()) <= 0, "document");
  }),
);

test("on a phone an open document covers the page, takes it out of reach, and Back closes it", { skip }, () =>
  site.visit({ path: asked, context: phone }, async (page) => {
    await page.locator(".hit-link").first().tap();
    const panel = page.getByRole("region", { name: "Document" });
    await panel.waitFor();
    assert.equal((await panel.boundingBox())?.width, 360);
    assert.equal(await page.evaluate<boolean>("document.querySelector('main').inert"), true);
    await page.goBack();
    await panel.waitFor({ state: "detached" });
    assert.equal(await page.evaluate<boolean>("document.querySelector('main').inert"), false);
  }),
);

test("the results keep their left edge when a panel opens beside them", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    const edge = async () => (await page.locator(".hit").first().boundingBox())?.x;
    await page.locator(".hit").first().waitFor();
    const before = await edge();
    await page.locator(".hit-link").first().click();
    await page.locator(".passage").first().waitFor();
    assert.equal(await edge(), before);
  }),
);

test("whoever wants less motion gets none", { skip }, () =>
  site.visit({ path: asked, context: { reducedMotion: "reduce" } }, async (page) => {
    await page.locator(".hit").first().waitFor();
    const moving = `[...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      return style.animationName !== "none" || style.transitionDuration !== "0s";
    }).map((element) => element.className)`;
    assert.deepEqual(await page.evaluate<string[]>(moving), []);
  }),
);

test("what has the focus shows it", { skip }, () =>
  site.visit({ path: asked }, async (page) => {
    await page.locator(".hit").first().waitFor();
    await page.keyboard.press("ArrowDown");
    const outline = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
    assert.equal(outline, "solid");
  }),
);

test("the server's content security policy allows scripts and styles from itself only, and the page needs no more", {
  skip,
}, async () => {
  const answer = await fetch(site.url());
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /style-src 'self'(;|$)/);
  assert.doesNotMatch(policy, /unsafe/);
  await site.visit({ path: asked }, async (page) => {
    await page.locator(".hit").first().waitFor();
    await eventually(
      page,
      () => page.evaluate<number>("document.styleSheets.length"),
      (count) => count === 1,
    );
    assert.equal(await page.locator("style, script:not([src]), [style]").count(), 0);
  });
});
