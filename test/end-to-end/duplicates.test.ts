import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { DocumentInput } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => `word${from + i}`).join(" ");
const essay = `Lighthouses stand on rocks and guide ships at night. ${words(0, 200)}`;
const revised = essay.replace("word100", "another");
const other = `Bread is baked from flour and water. ${words(1000, 200)}`;

const library: DocumentInput[] = [
  { id: "essay", title: "Essay", text: essay },
  { id: "copy", title: "A copy", text: essay, metadata: { copied: true } },
  { id: "other", title: "Other", text: other },
  { id: "revised", title: "Revised", text: revised },
  { id: "other copy", title: "Other", text: other },
  { id: "alone", title: "Alone", text: words(5000, 50) },
];

test("duplicates are listed in groups, the largest first, each under the document that came first", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(library);
  const idsOf = async (query: Parameters<typeof engine.duplicates>[0]) =>
    (await engine.duplicates(query)).groups.map(({ kind, documents }) => [kind, ...documents.map(({ id }) => id)]);
  assert.deepEqual(await idsOf({}), [
    ["near", "essay", "copy", "revised"],
    ["exact", "other", "other copy"],
  ]);
  assert.deepEqual(await idsOf({ kind: "exact" }), [
    ["exact", "essay", "copy"],
    ["exact", "other", "other copy"],
  ]);
  assert.deepEqual(await idsOf({ kind: "near" }), [["near", "essay", "copy", "revised"]]);
  assert.deepEqual(await idsOf({ threshold: 1 }), [
    ["exact", "essay", "copy"],
    ["exact", "other", "other copy"],
  ]);
  assert.deepEqual(await idsOf({ offset: 1, limit: 5 }), [["exact", "other", "other copy"]]);
  const { groups, total, surplus } = await engine.duplicates({ limit: 1 });
  assert.deepEqual([groups.length, total, surplus], [1, 2, 3]);
  const similarities = groups[0]!.documents.map(({ similarity }) => similarity);
  assert.deepEqual(similarities.slice(0, 2), [1, 1]);
  assert.ok(similarities[2]! > 0.85 && similarities[2]! < 1);

  await engine.remove(["essay", "other copy"]);
  assert.deepEqual(await idsOf({}), [["near", "copy", "revised"]]);
  await assert.rejects(engine.duplicates({ threshold: 2 }), coded("INVALID_INPUT"));
  await assert.rejects(engine.duplicates({ tresholds: 1 } as never), coded("UNKNOWN_FIELD"));
});

test("new documents that duplicate others are left out on request, and reported with what they duplicate", async (t) => {
  const choices = [
    { onDuplicate: "keep", left: [] },
    { onDuplicate: "skip-exact", left: ["copy essay", "other copy other"] },
    { onDuplicate: "skip-near", left: ["copy essay", "revised essay", "other copy other"] },
  ] as const;
  for (const { onDuplicate, left } of choices) {
    for (const together of [true, false]) {
      const engine = await openTemporary(t, { crossEncoder: null });
      const reports = together
        ? [await engine.put(library, { onDuplicate })]
        : await library.reduce<Promise<Awaited<ReturnType<typeof engine.put>>[]>>(
            async (before, document) => [...(await before), await engine.put([document], { onDuplicate })],
            Promise.resolve([]),
          );
      const skipped = reports.flatMap(({ duplicates = [] }) => duplicates);
      assert.deepEqual(
        skipped.map(({ id, duplicateOf }) => `${id} ${duplicateOf}`).sort(),
        [...left].sort(),
        `${onDuplicate}, ${together ? "in one call" : "one by one"}`,
      );
      assert.equal((await engine.list()).total, library.length - left.length);
      assert.equal(skipped.find(({ id }) => id === "copy")?.similarity ?? 1, 1);
    }
  }
  const engine = await openTemporary(t, { crossEncoder: null });
  await assert.rejects(engine.put(library, { onDuplicate: "skip" as never }), coded("INVALID_INPUT"));
});

test("a document that is stored is brought up to date, whatever it becomes a duplicate of", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(library);
  const { written, duplicates } = await engine.put([{ id: "alone", text: essay }], { onDuplicate: "skip-near" });
  assert.deepEqual([written, duplicates], [1, undefined]);
  assert.match((await engine.get("alone"))!.text, /^Lighthouses/);
  // What it was before is no duplicate of anything any more.
  const again = await engine.put([{ id: "new", text: words(5000, 50) }], { onDuplicate: "skip-near" });
  assert.equal(again.written, 1);
});

test("a file that was left out is taken in when what it duplicated is gone", async (t) => {
  const folder = temporaryFolder();
  writeFiles(folder, { "a.txt": essay, "b.txt": essay, "c.txt": revised, "d.txt": other });
  const engine = await openTemporary(t, { crossEncoder: null });
  const index = () => engine.ingestPaths([folder], { onDuplicate: "skip-near" });
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  const first = await index();
  assert.deepEqual(
    first.duplicates.map(({ id, duplicateOf }) => [id, duplicateOf]),
    [
      [`${name}/b.txt`, `${name}/a.txt`],
      [`${name}/c.txt`, `${name}/a.txt`],
    ],
  );
  assert.equal((await engine.list()).total, 2);
  assert.equal((await index()).duplicates.length, 2, "told again, for they are still there");
  rmSync(join(folder, "a.txt"));
  await index();
  await index();
  const ids = (await engine.list()).documents.map(({ id }) => id);
  assert.deepEqual(ids, [`${name}/b.txt`, `${name}/d.txt`]);
});

test("a search shows one document for all with the same text on request, and names the others", async (t) => {
  const engine = await openTemporary(t);
  await engine.put(library);
  const request = { query: "lighthouses guide ships", limit: 10 };
  const all = (await engine.search(request)).hits.map(({ id }) => id);
  assert.deepEqual(all.slice(0, 3).sort(), ["copy", "essay", "revised"]);
  const { hits, candidates } = await engine.search({ ...request, collapseDuplicates: true });
  assert.equal(hits[0]!.id, all[0]);
  assert.deepEqual(hits[0]!.duplicates, all.slice(1, 3));
  const shown = hits.map(({ id }) => id);
  assert.equal(shown.filter((id) => ["copy", "essay", "revised"].includes(id)).length, 1);
  assert.equal(shown.filter((id) => id.startsWith("other")).length, 1);
  assert.equal(candidates, hits.length);
  const second = await engine.search({ ...request, collapseDuplicates: true, offset: 1, limit: 1 });
  assert.equal(second.hits[0]!.id, shown[1], "pages follow on each other");
  assert.equal((await engine.search(request)).hits[0]!.duplicates, undefined);
});
