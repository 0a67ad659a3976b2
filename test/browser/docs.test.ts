// The page of the API, as it is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, openSite, skip } from "./site.js";

const site = openSite();

test("examples that are wider than the page are reached with the keyboard, and no others", { skip }, () =>
  site.visit({ path: "/docs", context: { viewport: { width: 360, height: 740 } } }, async (page) => {
    const examples = () =>
      page.evaluate<[isWide: boolean, isReached: boolean][]>(
        "[...document.querySelectorAll('pre')].map((e) => [e.scrollWidth > e.clientWidth, e.tabIndex === 0 && e.role === 'region'])",
      );
    const found = await eventually(page, examples, (all) => all.every(([isWide, isReached]) => isWide === isReached));
    assert.deepEqual(new Set(found.map(([isWide]) => isWide)), new Set([true, false]));
  }),
);
