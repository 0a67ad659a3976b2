import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import {
  type DiskOptions,
  openVectorIndex,
  RowBitmap,
  type VectorFormat,
  type VectorIndex,
  vectorFormats,
} from "../../src/vectors/index.js";
import { vectorPath } from "../../src/vectors/vector-file.js";
import { temporaryFolder } from "../temporary-folder.js";
import { damages, flipBit } from "./damages.js";
import { clusteredVectors, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";
import { mountSmallDisk } from "./small-disk.js";

const dimensions = 20;
const codes = { minRows: 60, listsFromRows: 120, scanThreads: 1 };
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

function openOnDisk(
  directory: string,
  options: Partial<DiskOptions> & { format?: VectorFormat | undefined; truncate?: number | undefined } = {},
): Promise<VectorIndex> {
  const { format, truncate, ...onDisk } = options;
  return openVectorIndex({ dimensions, format, truncate, codes, onDisk: { directory, identity: "one", ...onDisk } });
}

/** The vector of a row; `version` tells those apart that a row has one after the other. */
const vectorOf = (row: number, version: number) => unitVectors(1, dimensions, randomFrom(row * 1000 + version));

function vectorsOf(rows: readonly number[], version: number): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...vectorOf(row, version)]));
}

const row = fc.oneof(fc.nat(300), fc.integer({ min: 4090, max: 4110 }));
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), rows: fc.uniqueArray(row, { minLength: 1, maxLength: 150 }) }),
  fc.record({ kind: fc.constant("remove" as const), rows: fc.array(row, { maxLength: 60 }) }),
  fc.record({ kind: fc.constant("settle" as const) }),
  fc.record({ kind: fc.constant("reopen" as const) }),
  fc.record({
    kind: fc.constant("search" as const),
    seed: fc.nat(1000),
    k: fc.integer({ min: 1, max: 40 }),
    plan: fc.constantFrom("exact" as const, "prefilter" as const, "ivf" as const),
    allowEvery: fc.nat(3),
  }),
);

test("vectors on disk are found as those in memory are, to the bit, however often the file is opened again", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 18 }),
      fc.constantFrom(...vectorFormats),
      fc.constantFrom(dimensions, 12),
      async (steps, format, truncate) => {
        const directory = temporaryFolder();
        const inMemory = await openVectorIndex({ dimensions, format, truncate, codes });
        let onDisk = await openOnDisk(directory, { format, truncate });
        let version = 0;
        for (const step of steps) {
          version++;
          switch (step.kind) {
            case "add": {
              const [rows, vectors] = [Uint32Array.from(step.rows), vectorsOf(step.rows, version)];
              await Promise.all([inMemory.add(rows, vectors), onDisk.add(rows, vectors)]);
              break;
            }
            case "remove":
              await Promise.all([inMemory, onDisk].map((index) => index.remove(Uint32Array.from(step.rows))));
              break;
            case "settle":
              await Promise.all([inMemory.settle(), onDisk.settle()]);
              break;
            case "reopen":
              await onDisk.close();
              onDisk = await openOnDisk(directory, { format, truncate });
              assert.equal((await onDisk.status()).onDisk?.found.state, "whole");
              break;
            case "search": {
              const query = unitVectors(1, dimensions, randomFrom(step.seed));
              const allow = RowBitmap.of(rowsBelow(5000).filter((row) => row % (step.allowEvery + 1) === 0));
              // Codes that let everything through: what is found does not depend on when they were made.
              const options = { k: step.k, plan: step.plan, oversampling: 400, probes: 1000, allow };
              const [a, b] = await Promise.all([inMemory.search(query, options), onDisk.search(query, options)]);
              assert.deepEqual([b.rows, b.scores], [a.rows, a.scores]);
              break;
            }
            default:
              step satisfies never;
          }
        }
        const rows = (await onDisk.rows()).sort();
        assert.deepEqual(rows, (await inMemory.rows()).sort());
        assert.deepEqual(await onDisk.vectorsOf(rows), await inMemory.vectorsOf(rows));
        await Promise.all([inMemory.close(), onDisk.close()]);
      },
    ),
    { numRuns: 8 },
  );
});

test("a copy of the file at any moment holds vectors as they were given, or none", async () => {
  const random = randomFrom(77);
  const directory = temporaryFolder();
  const index = await openOnDisk(directory);
  /** All that rows ever were. */
  const versions = new Map<number, number[]>();
  const copies: string[] = [];
  let changing = true;
  const changes = (async () => {
    for (let version = 1; version <= 25; version++) {
      const rows = [...new Set(Array.from({ length: 120 }, () => Math.floor(random() * 400)))];
      for (const row of rows) versions.set(row, [...(versions.get(row) ?? []), version]);
      await index.add(Uint32Array.from(rows), vectorsOf(rows, version));
      await index.remove(Uint32Array.from({ length: 60 }, () => Math.floor(random() * 400)));
    }
    changing = false;
  })();
  while (changing) {
    const copy = join(directory, `copy-${copies.length}`);
    cpSync(vectorPath(directory), join(copy, "vectors.lvec"));
    if (copies.push(copy) < 12) await new Promise(setImmediate);
    else break;
  }
  await changes;
  await index.close();
  assert.ok(copies.length > 3);
  for (const copy of copies) {
    const opened = await openOnDisk(copy);
    const rows = await opened.rows();
    const kept = await opened.vectorsOf(rows);
    rows.forEach((row, i) => {
      const given = versions.get(row)!.map((version) => vectorOf(row, version));
      const read = vectorAt(kept, i, dimensions);
      assert.ok(
        given.some((vector) => vector.every((value, at) => value === read[at])),
        `row ${row}`,
      );
    });
    // It goes on from there.
    await opened.add(Uint32Array.of(7), vectorOf(7, 0));
    assert.equal((await opened.search(vectorOf(7, 0), { k: 1 })).rows[0], 7);
    await opened.close();
  }
});

async function filled(directory: string, options: Partial<DiskOptions> = {}): Promise<VectorIndex> {
  const index = await openOnDisk(directory, options);
  const rows = [...rowsBelow(200)];
  await index.add(rowsBelow(200), vectorsOf(rows, 1));
  return index;
}

const restore = async (rows: Uint32Array) => ({ rows, vectors: vectorsOf([...rows], 1) });

test("damage that a search comes upon is mended from what the caller has, told, and the search answered", async (t) => {
  for (const plan of ["exact", "prefilter", "ivf"] as const) {
    const directory = temporaryFolder();
    const notices: string[] = [];
    const index = await filled(directory, { restore, onNotice: (notice) => notices.push(notice) });
    t.after(() => index.close());
    await index.settle();
    for (const [i, damage] of ["one bit flipped", "halved", "zeroed", "emptied"].entries()) {
      const row = 20 * i + 3;
      if (damage === "one bit flipped") flipBit(vectorPath(directory), 4096 + row * 128 + 17, 5);
      else damages[damage]!(vectorPath(directory));
      // The search for it reads the damaged vector; many ask at once.
      const found = await Promise.all([1, 2, 3].map(() => index.search(vectorOf(row, 1), { k: 5, plan })));
      for (const { rows, scores } of found) {
        assert.equal(rows[0], row);
        assert.ok(scores[0]! > 0.99999);
      }
      assert.match(notices.at(-1)!, /vectors\.lvec is damaged: .* written anew\.$/);
    }
    assert.deepEqual(await index.vectorsOf(rowsBelow(200)), vectorsOf([...rowsBelow(200)], 1));
  }
});

test("rows that the caller has no more are gone after mending, and without a caller to ask damage is an error", async (t) => {
  const directory = temporaryFolder();
  const index = await filled(directory, {
    restore: async (rows) => restore(rows.filter((row) => row !== 3)),
  });
  t.after(() => index.close());
  for (const row of [3, 4]) flipBit(vectorPath(directory), 4096 + row * 128, 0);
  const { rows } = await index.search(vectorOf(3, 1), { k: 200, plan: "exact" });
  assert.equal(rows.length, 199);
  assert.ok(!rows.includes(3));

  const other = temporaryFolder();
  const alone = await filled(other);
  t.after(() => alone.close());
  flipBit(vectorPath(other), 4096 + 3 * 128, 0);
  await assert.rejects(alone.search(vectorOf(3, 1), { k: 1 }), withCode("INDEX_DAMAGED"));
  await assert.rejects(alone.settle(), withCode("INDEX_DAMAGED"));
  await alone.remove(Uint32Array.of(3));
  assert.equal((await alone.search(vectorOf(4, 1), { k: 1 })).rows[0], 4);
});

test("damage that the making of codes comes upon is mended too, and codes are made", async (t) => {
  const directory = temporaryFolder();
  const notices: string[] = [];
  const index = await filled(directory, { restore, onNotice: (notice) => notices.push(notice) });
  t.after(() => index.close());
  flipBit(vectorPath(directory), 4096 + 150 * 128, 0);
  await index.settle();
  const { codes } = await index.status();
  assert.ok(codes.state === "ready" && codes.rows === 200 && codes.lists > 0);
  assert.equal(notices.length, 1);
});

test("one who reads beside a writer sees what was there, what it adds itself, and mends what the writer took away", async (t) => {
  const directory = temporaryFolder();
  const writer = await filled(directory);
  t.after(() => writer.close());
  const notices: string[] = [];
  const reader = await openOnDisk(directory, { readOnly: true, restore, onNotice: (notice) => notices.push(notice) });
  t.after(() => reader.close());
  assert.equal((await reader.rows()).length, 200);
  await reader.add(Uint32Array.of(500), vectorOf(500, 1));
  await reader.remove(Uint32Array.of(10));
  await writer.remove(rowsBelow(50));
  await writer.add(
    Uint32Array.from({ length: 50 }, (_, i) => 600 + i),
    vectorsOf([...rowsBelow(50)], 9),
  );
  for (const row of [20, 120, 500]) assert.equal((await reader.search(vectorOf(row, 1), { k: 1 })).rows[0], row);
  assert.equal((await reader.rows()).length, 200);
  assert.equal(notices.length, 1);
  assert.equal((await writer.rows()).length, 200);
});

test("on a full disk an add is refused as a whole, and the index goes on as it was", async (t) => {
  const disk = mountSmallDisk(t, 256);
  if ("missing" in disk) return t.skip(disk.missing);
  const index = await filled(disk.directory);
  t.after(() => index.close());
  const rows = Uint32Array.from({ length: 5000 }, (_, i) => 1000 + i);
  await assert.rejects(index.add(rows, clusteredVectors(5000, dimensions, randomFrom(5))), (error) => {
    return withCode("DISK_FULL")(error) && String(error).includes(vectorPath(disk.directory));
  });
  assert.deepEqual((await index.rows()).sort(), rowsBelow(200));
  for (const row of [0, 150, 199]) assert.equal((await index.search(vectorOf(row, 1), { k: 1 })).rows[0], row);
  await index.remove(Uint32Array.of(0));
  await index.add(Uint32Array.of(300), vectorOf(300, 1));
  assert.equal((await index.search(vectorOf(300, 1), { k: 1 })).rows[0], 300);
});

test("in a folder that cannot be written any more changes are refused by its name, and searches go on", async (t) => {
  const disk = mountSmallDisk(t, 2048);
  if ("missing" in disk) return t.skip(disk.missing);
  // A file that is open for writing keeps its file system writable: this one was closed, and opened when it no longer was.
  await (await filled(disk.directory)).close();
  disk.makeReadOnly();
  t.after(() => disk.makeWritable());
  await assert.rejects(openOnDisk(disk.directory), (error) => {
    return withCode("FILE_UNREADABLE")(error) && String(error).includes(disk.directory);
  });
  const reader = await openOnDisk(disk.directory, { readOnly: true });
  t.after(() => reader.close());
  assert.equal((await reader.search(vectorOf(17, 1), { k: 1 })).rows[0], 17);
});

test("vectors on disk have no graph, and say so", async (t) => {
  const directory = temporaryFolder();
  const index = await filled(directory);
  t.after(() => index.close());
  await assert.rejects(index.buildGraph({ directory, modelVersion: "m", sequence: 1 }), withCode("GRAPH_UNAVAILABLE"));
  await assert.rejects(index.loadGraph({ directory, modelVersion: "m" }), withCode("GRAPH_UNAVAILABLE"));
  await assert.rejects(index.search(vectorOf(1, 1), { k: 1, plan: "graph" }), withCode("GRAPH_UNAVAILABLE"));
  const { graph, onDisk, bytes } = await index.status();
  assert.ok(graph.state === "unavailable" && graph.reason.includes("on disk"));
  assert.deepEqual(onDisk, {
    path: vectorPath(directory),
    bytes: 4096 + 4096 * (128 + 8) + 512,
    found: { state: "none" },
  });
  assert.equal(bytes, 4096 * 4);
  await assert.rejects(openOnDisk(directory, { identity: "" }), withCode("INVALID_INPUT"));
  await assert.rejects(openOnDisk(join(directory, "absent")), withCode("PATH_NOT_FOUND"));
});
