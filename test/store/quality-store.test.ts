import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openReader } from "../../src/store/reader.js";
import { scopedId } from "../../src/store/tenancy.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

function openBoth(t: TestContext) {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  const generation = writer.generation(recipe);
  return { library, writer, generation };
}

const run = (generation: number, documents = 1) => ({
  ...{ generation, modelVersion: recipe.modelVersion, startedMs: 1, finishedMs: 2, jobs: 1, documents, failed: 0 },
  ...{ chunks: 1, embedded: 1, truncated: 0, tokens: 5 },
});
const write = (writer: Writer, generation: number, ids: readonly string[]) =>
  writer.write(
    batchOf(
      ids.map((id) => ({ id, texts: [`the text of ${id}`] })),
      { generation, modelVersion: recipe.modelVersion },
    ),
  );

test("a sample holds living chunks only: those that were gone before are left out, others go with their chunks", (t) => {
  const { library, writer, generation } = openBoth(t);
  const { firstRow } = write(writer, generation.id, ["a", "b", "c"]);
  writer.remove(["a"]);
  const sample = [0, 1, 2].map((i) => ({ row: firstRow + i, norm: i === 1 ? Number.NaN : 1.5 }));
  const id = writer.quality.endRun(run(generation.id, 3), sample);
  const reader = openReader(library);
  t.after(() => reader.close());
  assert.deepEqual(reader.quality.sampled(id), [
    { row: firstRow + 1, norm: Number.NaN },
    { row: firstRow + 2, norm: 1.5 },
  ]);
  assert.deepEqual(writer.quality.keepIndexSample(generation.id, sample, "{}"), new Set([firstRow + 1, firstRow + 2]));
  writer.remove(["b"]);
  assert.deepEqual(reader.quality.sampled(id).length, 1);
  assert.deepEqual(reader.quality.sampled(0).length, 1);
  assert.equal(reader.quality.state("index-sample"), "{}");
});

test("the last twenty runs are kept, with their samples", (t) => {
  const { library, writer, generation } = openBoth(t);
  const { firstRow } = write(writer, generation.id, ["a"]);
  const ids = Array.from({ length: 23 }, () => writer.quality.endRun(run(generation.id), [{ row: firstRow, norm: 1 }]));
  writer.quality.judgeRun(ids.at(-1)!, '{"status":"healthy"}');
  const reader = openReader(library);
  t.after(() => reader.close());
  const { runs } = reader.quality.notes();
  assert.deepEqual(
    runs.map(({ id }) => id),
    ids.slice(3).reverse(),
  );
  assert.deepEqual([runs[0]?.health, runs[1]?.health], ['{"status":"healthy"}', null]);
  assert.deepEqual(
    ids.map((id) => reader.quality.sampled(id).length),
    [...new Array<number>(3).fill(0), ...new Array<number>(20).fill(1)],
  );
});

test("vectors of the baseline outlast a change of their document, and go when it goes", (t) => {
  const { library, writer, generation } = openBoth(t);
  const { documentKeys } = write(writer, generation.id, ["a", "b"]);
  const rows = [...documentKeys].map((documentKey, i) => ({ documentKey, norm: i }));
  const gone = { documentKey: 999, norm: 1 };
  const vectors = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]);
  writer.quality.keepBaseline(generation.id, [...rows, gone], vectors);
  const reader = openReader(library);
  t.after(() => reader.close());
  assert.deepEqual(reader.quality.baseline(), { rows, vectors: vectors.slice(0, 8) });
  writer.write(
    batchOf([{ id: "a", texts: ["something else"] }], {
      generation: generation.id,
      modelVersion: recipe.modelVersion,
    }),
  );
  assert.equal(reader.quality.baseline().rows.length, 2);
  writer.remove(["a"]);
  assert.deepEqual(reader.quality.baseline(), { rows: rows.slice(1), vectors: vectors.slice(4, 8) });
});

test("costs of one day, tenant and model add up; a tenant's go with it", (t) => {
  const { library, writer, generation } = openBoth(t);
  write(writer, generation.id, [scopedId("acme", "a")]);
  const cost = {
    day: "2026-11-20",
    tenant: "",
    model: "m",
    texts: 1,
    tokens: 10,
    cpuMs: 0.5,
    savedTexts: 2,
    savedTokens: 3,
  };
  writer.quality.addCosts([cost, cost, { ...cost, tenant: "acme" }, { ...cost, tenant: "nobody-knows" }]);
  writer.quality.addCosts([cost]);
  const reader = openReader(library);
  t.after(() => reader.close());
  const all = reader.quality.costs();
  assert.deepEqual(all[0], { ...cost, texts: 3, tokens: 30, cpuMs: 1.5, savedTexts: 6, savedTokens: 9 });
  assert.equal(all.length, 2);
  writer.quality.forgetTenant("acme");
  assert.equal(reader.quality.costs().length, 1);
});

test("minutes replace each other by number, and old ones are forgotten", (t) => {
  const { library, writer } = openBoth(t);
  writer.quality.keepMinutes(
    [
      { minute: 1, record: "first" },
      { minute: 2, record: "second" },
    ],
    0,
  );
  writer.quality.keepMinutes([{ minute: 2, record: "second, later" }], 2);
  const reader = openReader(library);
  t.after(() => reader.close());
  assert.deepEqual(reader.quality.notes().minutes, ["second, later"]);
});
