import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import { codePath } from "../../src/vectors/code-file.js";
import {
  openVectorIndex,
  type SearchOptions,
  type VectorIndex,
  type VectorIndexOptions,
} from "../../src/vectors/index.js";
import { codeForms } from "../../src/vectors/quantizer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { damages } from "./damages.js";
import { clusteredVectors, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

const dimensions = 32;
const count = 3000;
const vectors = clusteredVectors(count, dimensions, randomFrom(51));
const queries = clusteredVectors(30, dimensions, randomFrom(52));
const codes = { minRows: 500, listsFromRows: 2000, scanThreads: 1 };
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

async function open(t: TestContext, options: Partial<VectorIndexOptions> = {}): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions, codes, ...options });
  t.after(() => index.close());
  return index;
}

async function filled(t: TestContext, options: Partial<VectorIndexOptions> = {}): Promise<VectorIndex> {
  const index = await open(t, options);
  await index.add(rowsBelow(count), vectors);
  return index;
}

const place = (directory: string, sequence = count) => ({ directory, identity: "one", sequence });

/** Rows and scores that 30 queries find. */
async function answers(index: VectorIndex, plan: "exact" | "prefilter" | "ivf", options: Partial<SearchOptions> = {}) {
  const found = await index.searchMany(queries, { k: 10, plan, ...options });
  assert.ok(found.every((answer) => answer.plan.kind === plan));
  return found.map(({ rows, scores }) => ({ rows, scores }));
}

for (const form of codeForms) {
  test(`codes of form ${form} that are loaded find what those that were saved find`, async (t) => {
    const directory = temporaryFolder();
    const index = await filled(t, { codes: { ...codes, form } });
    await index.settle();
    await index.saveCodes(place(directory));
    const again = await filled(t, { codes: { ...codes, form } });
    const loaded = await again.loadCodes(place(directory));
    assert.ok(loaded.state === "ready" && loaded.rows === count && loaded.lists > 0);
    for (const plan of ["prefilter", "ivf"] as const)
      assert.deepEqual(await answers(again, plan), await answers(index, plan));
    await Promise.all([index.settle(), again.settle()]);
    const [saved, read] = [(await index.status()).codes, (await again.status()).codes];
    assert.equal(JSON.stringify(read), JSON.stringify(saved));
  });
}

test("rows that came since are encoded, rows that went are not found, and few of them leave the codes as they are", async (t) => {
  const directory = temporaryFolder();
  const index = await filled(t);
  await index.settle();
  await index.saveCodes(place(directory));
  const again = await open(t);
  const present = rowsBelow(count).filter((row) => row % 7 !== 0);
  for (const row of present.slice(0, 1)) assert.equal(row, 1);
  await again.add(present, Float32Array.from([...present].flatMap((row) => [...vectorAt(vectors, row, dimensions)])));
  const fresh = Uint32Array.from({ length: 300 }, (_, i) => count + i);
  await again.add(fresh, clusteredVectors(300, dimensions, randomFrom(53)));
  const loaded = await again.loadCodes(place(directory, count + 300));
  assert.ok(loaded.state === "ready" && loaded.rows === present.length && loaded.unsavedRows === 0);
  const made = await again.codesMade(-1);
  await again.settle();
  const { codes: settled } = await again.status();
  assert.ok(settled.state === "ready" && settled.rows === present.length + 300 && settled.unsavedRows === 300);
  assert.equal(await again.codesMade(-1), made, "made anew");
  const exact = await answers(again, "exact");
  for (const plan of ["prefilter", "ivf"] as const) {
    const found = await answers(again, plan);
    const hits = found.flatMap(({ rows }, i) => [...rows].filter((row) => exact[i]!.rows.includes(row)));
    assert.ok(hits.length >= 0.97 * 300);
    assert.ok(hits.every((row) => row % 7 !== 0 || row >= count));
  }
});

test("while codes are saved and loaded rows come and go, and every acknowledged change is seen", async (t) => {
  const directory = temporaryFolder();
  const index = await filled(t);
  await index.settle();
  let done = 0;
  const saving = index.saveCodes(place(directory)).finally(() => done++);
  for (let i = 0; done === 0 || i < 3; i++) {
    await index.remove(Uint32Array.of(i));
    await index.add(Uint32Array.of(count + i), unitVectors(1, dimensions, randomFrom(i)));
    const { rows } = await index.search(unitVectors(1, dimensions, randomFrom(i)), { k: 1, plan: "ivf" });
    assert.equal(rows[0], count + i);
  }
  await saving;
  const again = await filled(t);
  const loading = again.loadCodes(place(directory)).finally(() => done++);
  for (let i = 0; done === 1 || i < 3; i++) {
    const row = 1500 + i;
    await again.remove(Uint32Array.of(row));
    const found = await again.search(vectorAt(vectors, row, dimensions), { k: 20, plan: "ivf" });
    assert.ok(!found.rows.includes(row));
    await again.add(Uint32Array.of(count + i), vectorAt(vectors, row, dimensions));
    const { rows } = await again.search(vectorAt(vectors, row, dimensions), { k: 20, plan: "ivf" });
    assert.ok(rows.includes(count + i));
  }
  assert.equal((await loading).state, "ready");
  await again.settle();
  const exact = await answers(again, "exact");
  const found = await answers(again, "ivf");
  assert.ok(
    found.flatMap(({ rows }, i) => [...rows].filter((row) => exact[i]!.rows.includes(row))).length >= 0.97 * 300,
  );
});

test("codes over vectors on disk are saved and loaded like those over vectors in memory", async (t) => {
  const directory = temporaryFolder();
  const onDisk = { directory, identity: "one" };
  const index = await filled(t, { onDisk });
  await index.settle();
  await index.saveCodes(place(directory));
  // Candidates on disk cost more: without numbers other ones are chosen.
  const fixed = { oversampling: 15, probes: 20 };
  const found = await answers(index, "ivf", fixed);
  await index.close();
  const again = await open(t, { onDisk });
  await again.loadCodes(place(directory));
  assert.deepEqual(await answers(again, "ivf", fixed), found);
  // They are of the same vectors, wherever those are.
  const inMemory = await filled(t);
  await inMemory.loadCodes(place(directory));
  assert.deepEqual(await answers(inMemory, "ivf", fixed), found);
});

test("a file that is damaged, of other vectors or of later ones is refused, and codes are made as if there were none", async (t) => {
  const directory = temporaryFolder();
  const index = await filled(t);
  await assert.rejects(index.loadCodes(place(directory)), withCode("NOT_FOUND"));
  await assert.rejects(index.saveCodes(place(directory)), withCode("NOT_FOUND"));
  await index.settle();
  await index.saveCodes(place(directory, 9000));
  const other = await filled(t, { codes: { ...codes, form: "sign" } });
  await assert.rejects(
    other.loadCodes({ ...place(directory, 9000), identity: "two" }),
    withCode("MODEL_VERSION_MISMATCH"),
  );
  await assert.rejects(other.loadCodes(place(directory, 8999)), withCode("MODEL_VERSION_MISMATCH"));
  const { codes: present } = await index.status();
  if (present.state === "ready" && present.form !== "sign") {
    await assert.rejects(other.loadCodes(place(directory, 9000)), withCode("MODEL_VERSION_MISMATCH"));
  }
  // Somewhere in the codes: noticed when most of it has been read.
  damages["one bit flipped"]!(codePath(directory), 0.8);
  await assert.rejects(index.loadCodes(place(directory, 9000)), withCode("INDEX_DAMAGED"));
  await assert.rejects(other.loadCodes(place(directory, 9000)), withCode("INDEX_DAMAGED"));
  for (const one of [index, other]) {
    await one.settle();
    assert.equal((await one.status()).codes.state, "ready");
    assert.equal((await answers(one, "ivf")).length, 30);
  }
  const off = await filled(t, { codes: { form: "none" } });
  await assert.rejects(off.loadCodes(place(directory)), withCode("INVALID_INPUT"));
  for (const sequence of [-1, 1.5, Number.NaN]) {
    await assert.rejects(index.saveCodes(place(directory, sequence)), withCode("INVALID_INPUT"));
  }
});
