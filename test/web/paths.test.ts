// Paths on the page: breadcrumbs, the folder filter's levels, and the names of headings and types.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { folderLevel, folderTree } from "../../src/web/search/folder-tree.js";
import { crumbsOf, fileName, shortenCrumbs } from "../../src/web/text/breadcrumbs.js";
import { headingTrail } from "../../src/web/text/heading-trail.js";
import { mediaTypeName } from "../../src/web/text/media-type-name.js";

test("each step of a path names the folder that it stands for", () => {
  assert.deepEqual(crumbsOf("docs/guides/keys.md"), [
    { name: "docs", folder: "docs" },
    { name: "guides", folder: "docs/guides" },
  ]);
  assert.equal(fileName("docs/guides/keys.md"), "keys.md");
  assert.deepEqual(crumbsOf("keys.md"), []);
});

test("a short path is left whole, a long one keeps its first step and as many of the last as fit", () => {
  const path = "fastify/docs/reference/versions/five/Hooks.md";
  const names = (maxChars: number) =>
    shortenCrumbs(crumbsOf(path), fileName(path), maxChars).map((crumb) => (crumb === "gap" ? "…" : crumb.name));
  assert.deepEqual(names(80), ["fastify", "docs", "reference", "versions", "five"]);
  assert.deepEqual(names(45), ["fastify", "…", "versions", "five"]);
  assert.deepEqual(names(33), ["fastify", "…", "five"]);
  assert.deepEqual(names(5), ["fastify", "…"]);
});

test("shortened or not, the steps are some of the path's own, in their order", () => {
  const part = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.nat({ max: 90 }), (names, maxChars) => {
      const path = names.join("/");
      const all = crumbsOf(path).map(({ folder }) => folder);
      const kept = shortenCrumbs(crumbsOf(path), fileName(path), maxChars).filter((crumb) => crumb !== "gap");
      const places = kept.map(({ folder }) => all.indexOf(folder));
      assert.ok(places.every((place, index) => place > (places[index - 1] ?? -1)));
      assert.equal(kept[0]?.folder, all[0]);
    }),
  );
});

const folders = [
  { value: "docs", count: 9 },
  { value: "docs/guides", count: 5 },
  { value: "docs/reference", count: 4 },
  { value: "notes", count: 12 },
  { value: "notes/2024", count: 12 },
  { value: "notes/2024/spring", count: 7 },
];

test("the top level lists the most frequent folder first and folds a chain of single folders", () => {
  const { way, below } = folderLevel(folderTree(folders), undefined);
  assert.deepEqual(way, []);
  assert.deepEqual(below, [
    { path: "notes/2024", name: "notes/2024", count: 12 },
    { path: "docs", name: "docs", count: 9 },
  ]);
});

test("a chosen folder shows the way to it and what lies directly below", () => {
  const { way, below } = folderLevel(folderTree(folders), "docs");
  assert.deepEqual(way, [{ path: "docs", name: "docs" }]);
  assert.deepEqual(below, [
    { path: "docs/guides", name: "guides", count: 5 },
    { path: "docs/reference", name: "reference", count: 4 },
  ]);
});

test("a library made from one folder begins below that folder", () => {
  const tree = folderTree([
    { value: "wiki", count: 9 },
    { value: "wiki/guides", count: 5 },
    { value: "wiki/notes", count: 3 },
  ]);
  assert.deepEqual(folderLevel(tree, undefined).below, [
    { path: "wiki/guides", name: "guides", count: 5 },
    { path: "wiki/notes", name: "notes", count: 3 },
  ]);
  assert.deepEqual(folderLevel(tree, "wiki/guides").way, [{ path: "wiki/guides", name: "guides" }]);
  assert.deepEqual(folderLevel(folderTree([{ value: "flat", count: 4 }]), undefined).below, []);
});

test("a folder that is in no list counts what is below it", () => {
  const tree = folderTree([
    { value: "a/b/c", count: 2 },
    { value: "a/d", count: 3 },
    { value: "e", count: 1 },
  ]);
  assert.deepEqual(folderLevel(tree, undefined).below, [
    { path: "a", name: "a", count: 5 },
    { path: "e", name: "e", count: 1 },
  ]);
  assert.deepEqual(folderLevel(tree, "a").below, [
    { path: "a/d", name: "d", count: 3 },
    { path: "a/b/c", name: "b/c", count: 2 },
  ]);
});

test("a folder that the library does not have has nothing below it", () => {
  assert.deepEqual(folderLevel(folderTree(folders), "gone").below, []);
});

test("the heading trail leaves out what the title has said", () => {
  assert.deepEqual(headingTrail("Hooks", ["hooks ", "onRequest"]), ["onRequest"]);
  assert.deepEqual(headingTrail("Hooks", ["Reference", "onRequest"]), ["Reference", "onRequest"]);
  assert.deepEqual(headingTrail("Hooks", []), []);
});

test("a media type has a plain name, and an unknown one its subtype", () => {
  assert.equal(mediaTypeName("text/markdown"), "Markdown");
  assert.equal(mediaTypeName("application/x-tar"), "tar");
});
