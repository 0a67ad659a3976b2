// The report of the benchmarks as the server gives it: under its own security policy, without any script.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSite, skip, textOf } from "./site.js";

const site = openSite();
const overflow = "document.documentElement.scrollWidth - innerWidth";

test("the page's foot leads to the report, with its style and plots", { skip }, () =>
  site.visit({}, async (page) => {
    await page.getByRole("link", { name: "Benchmarks" }).click();
    await page.getByRole("heading", { level: 1, name: "Vector search, measured" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/benchmarks");
    // Where the policy refused the style, links would be the browser's blue and plots of both widths would show.
    assert.ok(await page.locator("svg.plot.wide").first().isVisible());
    assert.ok(await page.locator("svg.plot.narrow").first().isHidden());
    assert.match(await textOf(page.locator(".mark title").first()), /recall .+ p50 .+ ms/);
  }),
);

test("the figures below a plot open by keyboard", { skip }, () =>
  site.visit({ path: "/benchmarks" }, async (page) => {
    const details = page.locator("details").first();
    assert.equal(await details.getByRole("table").isVisible(), false);
    await details.locator("summary").focus();
    await page.keyboard.press("Enter");
    await details.getByRole("table").waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.className"), "scroll");
  }),
);

for (const colorScheme of ["light", "dark"] as const) {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme };
  test(`a phone shows the narrow plots and never scrolls sideways, ${colorScheme}`, { skip }, () =>
    site.visit({ path: "/benchmarks", context: phone }, async (page) => {
      assert.ok(await page.locator("svg.plot.narrow").first().isVisible());
      assert.ok(await page.locator("svg.plot.wide").first().isHidden());
      for (const summary of await page.locator("summary").all()) await summary.tap();
      assert.ok((await page.evaluate<number>(overflow)) <= 0);
      const paper = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      const isDark = paper
        .match(/\d+/g)
        ?.map(Number)
        .every((channel) => channel < 64);
      assert.equal(isDark, colorScheme === "dark");
    }),
  );
}
