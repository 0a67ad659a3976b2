// What a key means depends on where the focus is.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FocusPlace } from "../../src/web/search/shortcut.js";
import { shortcutOf } from "../../src/web/search/shortcut.js";

const plain = { ctrlKey: false, altKey: false, metaKey: false };
const meaning = (key: string, place: FocusPlace) => shortcutOf({ key, ...plain }, place);

test("letters are text in a field and commands everywhere else", () => {
  for (const [key, command] of [
    ["/", "focus-search"],
    ["e", "explain"],
    ["?", "keys"],
  ] as const) {
    assert.equal(meaning(key, "page"), command);
    assert.equal(meaning(key, "results"), command);
    assert.equal(meaning(key, "panel"), command);
    assert.equal(meaning(key, "search"), undefined);
    assert.equal(meaning(key, "field"), undefined);
  }
});

test("arrows walk the results from the search field, the page and the results, and scroll inside a panel", () => {
  for (const place of ["search", "page", "results"] as const) {
    assert.equal(meaning("ArrowDown", place), "next");
    assert.equal(meaning("ArrowUp", place), "previous");
  }
  assert.equal(meaning("ArrowDown", "panel"), undefined);
  assert.equal(meaning("ArrowDown", "field"), undefined);
});

test("Escape works everywhere but in a dialog, which closes itself", () => {
  for (const place of ["search", "page", "results", "panel", "field"] as const) {
    assert.equal(meaning("Escape", place), "escape");
  }
  assert.equal(meaning("Escape", "dialog"), undefined);
});

test("keys with a modifier belong to the browser", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
    assert.equal(shortcutOf({ key: "e", ...plain, [modifier]: true }, "page"), undefined);
  }
});
