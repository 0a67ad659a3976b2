import assert from "node:assert/strict";
import test from "node:test";
import { takeFrontMatter } from "../../src/documents/front-matter.js";

const take = (yaml: string, body = "Body.") => takeFrontMatter(`---\n${yaml}\n---\n${body}`);

test("fields become metadata, the title its own, and the body begins after the block", () => {
  assert.deepEqual(take("title: A *title*\ntags: [a, b]\nauthor:\n  name: Ada\nyear: 1843\ndraft: false\nnone: null"), {
    body: "Body.",
    title: "A *title*",
    metadata: { tags: ["a", "b"], "author.name": "Ada", year: 1843, draft: false },
  });
});

test("dates stay dates, times become ISO times in UTC", () => {
  const { metadata } = take(
    "a: 2024-05-01\nb: 2024-05-01 9:30:00 +2\nc: 2024-05-01T09:30:00Z\nd: 2024-05-01 09:30\ne: 2024-13-45 09:30",
  );
  assert.deepEqual(metadata, {
    a: "2024-05-01",
    b: "2024-05-01T07:30:00.000Z",
    c: "2024-05-01T09:30:00.000Z",
    d: "2024-05-01T09:30:00.000Z",
    e: "2024-13-45 09:30",
  });
});

test("a text without a closed block of fields has no front matter", () => {
  for (const text of [
    "Just text.",
    "---\ntitle: x\nno end",
    "---\n\nWords between rules.\n\n---\nmore",
    " ---\na: b\n---\n",
    "----\na: b\n----",
  ]) {
    assert.deepEqual(takeFrontMatter(text), { body: text, metadata: {} });
  }
});

test("an empty block and one closed by dots are front matter", () => {
  assert.deepEqual(takeFrontMatter("---\n---\nBody"), { body: "Body", metadata: {} });
  assert.deepEqual(takeFrontMatter("---\na: 1\n...\nBody"), { body: "Body", metadata: { a: 1 } });
});

test("bad YAML costs only what cannot be read, and says so", () => {
  const { title, metadata, body, notice } = take('title: Rust: a tour\ntags: "x\nauthor: @ada');
  assert.equal(title, "Rust: a tour");
  assert.deepEqual(metadata, { tags: '"x', author: "@ada" });
  assert.equal(body, "Body.");
  assert.match(notice ?? "", /not valid YAML: .*Kept as plain text: title, tags, author\./);
});

test("lines between rules that are neither YAML nor fields stay in the text", () => {
  const text = "---\n  - nested\nplain words here\n---\nBody";
  assert.equal(takeFrontMatter(text).body, text);
});

test("values that metadata cannot hold are read as plain text, and it is said", () => {
  const { metadata, notice } = take("score: .nan\nother: 1");
  assert.deepEqual(metadata, { score: ".nan", other: "1" });
  assert.match(notice ?? "", /"score".*NaN/);
});

test("huge, deep and explosive front matter costs the fields, never the text", () => {
  const aliases = ["a: &a [1,1,1,1,1,1,1,1,1]"];
  for (let level = 0; level < 12; level++) {
    const above = level === 0 ? "a" : `b${level - 1}`;
    aliases.push(`b${level}: &b${level} [${Array(9).fill(`*${above}`).join(",")}]`);
  }
  for (const yaml of [
    `a: ${"x".repeat(100_000)}`,
    `a: ${"[".repeat(20_000)}`,
    `${"a: {b: ".repeat(5000)}`,
    aliases.join("\n"),
  ]) {
    const { body, notice } = take(yaml);
    assert.equal(body, "Body.");
    assert.ok(notice, yaml.slice(0, 40));
  }
});
