import assert from "node:assert/strict";
import { test } from "node:test";
import { linksIn } from "../../src/readers/index.js";

test("links of Markdown come with their words, also by reference; pictures without words do not", () => {
  const text = `# See [the *key* \`rotation\`](keys.md#how)

- [backups][b] and [![badge](x.svg)](ci.html)

[b]: ../ops/backup%20plan.md "Plan"
`;
  assert.deepEqual(linksIn(text, "text/markdown"), [
    { text: "the key rotation", address: "keys.md#how" },
    { text: "backups", address: "../ops/backup%20plan.md" },
  ]);
});

test("links of HTML come with their words", () => {
  const text = '<p><a href="/keys.html">How to <b>rotate</b>\n keys</a> <a name="here">no link</a><a href="x"></a></p>';
  assert.deepEqual(linksIn(text, "text/html"), [{ text: "How to rotate keys", address: "/keys.html" }]);
});

test("a text that nests deep is walked without recursion", () => {
  const deep = 20_000;
  const html = `${"<div>".repeat(deep)}<a href="x">${"<b>".repeat(deep)}word</a>`;
  assert.deepEqual(linksIn(html, "text/html"), [{ text: "word", address: "x" }]);
});
