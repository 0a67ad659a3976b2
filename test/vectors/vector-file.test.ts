import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import type { IndexIdentity } from "../../src/vectors/index-identity.js";
import { VectorFile, vectorPath } from "../../src/vectors/vector-file.js";
import { slotsPerChunk } from "../../src/vectors/vector-store.js";
import { temporaryFolder } from "../temporary-folder.js";
import { damages, flipBit } from "./damages.js";
import { randomFrom } from "./random-vectors.js";
import { mountSmallDisk } from "./small-disk.js";

const identity: IndexIdentity = { identity: "one", dimensions: 20, storedDimensions: 20, format: "float32" };
const strideBytes = 128;

function openFile(directory: string, options: { identity?: IndexIdentity; readOnly?: boolean } = {}): VectorFile {
  return new VectorFile({ directory, identity, readOnly: false, ...options });
}

/** Bytes that stand for the vector of a row. */
function bytesOf(row: number): Uint8Array {
  const random = randomFrom(row);
  return Uint8Array.from({ length: strideBytes }, () => random() * 256);
}

function put(file: VectorFile, slots: number[], rows: number[]): void {
  const bytes = Buffer.concat(rows.map(bytesOf));
  file.write(Uint32Array.from(slots), Uint32Array.from(rows), bytes, new Float32Array(slots.length).fill(0.5));
  file.setLive(slots, true);
}

/** The rows that the file holds, each checked and compared with what was written; damage throws. */
function held(file: VectorFile): Map<number, number> {
  const rows = new Map<number, number>();
  const target = new Uint8Array(strideBytes);
  for (const [number, chunk] of file.chunks.entries()) {
    for (const at of chunk.livePlaces()) {
      const slot = number * slotsPerChunk + at;
      file.read(slot, 1, target);
      file.check(slot, target);
      assert.deepEqual(target, bytesOf(chunk.rows[at]!));
      rows.set(slot, chunk.rows[at]!);
    }
  }
  return rows;
}

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

test("what was written is there after the file was closed in order, and after it was not", async () => {
  for (const saved of [true, false]) {
    const directory = temporaryFolder();
    const file = openFile(directory);
    assert.deepEqual(file.found, { state: "none" });
    put(file, [0, 1, 2, 5000, 31], [70, 71, 72, 2 ** 32 - 1, 0]);
    file.setLive([1, 5000], false);
    put(file, [1], [99]);
    if (saved) await file.save();
    file.close();
    const again = openFile(directory);
    assert.deepEqual(again.found, saved ? { state: "whole" } : { state: "checked", lost: 0 });
    assert.deepEqual(
      [...held(again)],
      [
        [0, 70],
        [1, 99],
        [2, 72],
        [31, 0],
      ],
    );
    again.close();
  }
});

test("the file of another index, or of another shape, is begun anew and says whose it was", async () => {
  const directory = temporaryFolder();
  const file = openFile(directory);
  put(file, [0], [7]);
  await file.save();
  file.close();
  const others = [
    { identity: "two" },
    { dimensions: 21 },
    { dimensions: 21, storedDimensions: 21 },
    { format: "float16" },
  ];
  for (const other of others as Partial<IndexIdentity>[]) {
    copyFileSync(vectorPath(directory), join(directory, "kept"));
    const opened = openFile(directory, { identity: { ...identity, ...other } });
    assert.ok(
      opened.found.state === "replaced" && /it holds one \(20 of 20 dimensions, float32\)/.test(opened.found.reason),
    );
    assert.equal(held(opened).size, 0);
    opened.close();
    copyFileSync(join(directory, "kept"), vectorPath(directory));
  }
});

test("no damage to any byte is ever read as a vector, closed in order or not", async () => {
  const directory = temporaryFolder();
  const rows = Array.from({ length: 40 }, (_, i) => 1000 + i);
  const whole = join(directory, "whole");
  const open = join(directory, "open");
  const file = openFile(directory);
  put(
    file,
    rows.map((_, i) => i),
    rows,
  );
  copyFileSync(vectorPath(directory), open);
  await file.save();
  file.close();
  copyFileSync(vectorPath(directory), whole);
  const { size } = statSync(whole);
  const tableAt = 4096 + slotsPerChunk * strideBytes;
  // Where there is something: the header, vectors, rows, checksums, live slots; and anywhere.
  const place = fc.oneof(
    fc.nat(200),
    fc.nat(40 * strideBytes).map((at) => 4096 + at),
    fc.nat(200).map((at) => tableAt + at),
    fc.nat(200).map((at) => tableAt + slotsPerChunk * 4 + at),
    fc.nat(8).map((at) => tableAt + slotsPerChunk * 8 + at),
    fc.nat(size - 1),
  );
  fc.assert(
    fc.property(place, fc.nat(7), fc.constantFrom(whole, open), (at, bit, from) => {
      copyFileSync(from, vectorPath(directory));
      flipBit(vectorPath(directory), at, bit);
      const damaged = openFile(directory);
      try {
        const found = held(damaged);
        for (const [slot, row] of found) assert.equal(row, 1000 + slot);
        // Only what was closed in order is known to be complete.
        if (damaged.found.state === "whole") assert.equal(found.size, 40);
      } catch (error) {
        assert.ok(withCode("INDEX_DAMAGED")(error), String(error));
        assert.equal(damaged.found.state, "whole");
        assert.equal([...damaged.damagedSlots()].flat().length, 1);
      } finally {
        damaged.close();
      }
    }),
    { numRuns: 250 },
  );
});

test("the six damages: the file is begun anew, or goes on with what is whole", async () => {
  const directory = temporaryFolder();
  for (const [name, damage] of Object.entries(damages)) {
    rmSync(vectorPath(directory), { force: true });
    const file = openFile(directory);
    put(file, [0, 1, 4096], [5, 6, 7]);
    await file.save();
    file.close();
    damage(vectorPath(directory), (4096 + 10) / statSync(vectorPath(directory)).size);
    const again = openFile(directory);
    const expected = { deleted: "none", untouched: "whole", "one bit flipped": "whole" }[name] ?? "replaced";
    assert.equal(again.found.state, expected, name);
    if (again.found.state === "replaced") assert.match(again.found.reason, /vectors\.lvec is damaged/);
    const lost = [...again.damagedSlots()].flat();
    assert.deepEqual(lost, name === "one bit flipped" ? [0] : []);
    assert.equal(again.chunks.flatMap((chunk) => chunk.livePlaces()).length, expected === "whole" ? 3 : 0);
    put(again, [0], [8]);
    assert.equal(held(again).get(0), 8);
    again.close();
  }
});

test("a file cut off while it is open is damaged where it is gone, and whole where it is not", async (t) => {
  const directory = temporaryFolder();
  const file = openFile(directory);
  t.after(() => file.close());
  put(file, [0, 1, 2, 3], [5, 6, 7, 8]);
  damages.halved!(vectorPath(directory));
  assert.equal(held(file).size, 4);
  damages.emptied!(vectorPath(directory));
  assert.throws(() => held(file), withCode("INDEX_DAMAGED"));
  assert.deepEqual([...file.damagedSlots()].flat(), [0, 1, 2, 3]);
});

test("one who only reads leaves the file as it is, and adds to one of its own", async (t) => {
  const directory = temporaryFolder();
  const none = openFile(directory, { readOnly: true });
  put(none, [0], [3]);
  assert.deepEqual([...held(none)], [[0, 3]]);
  none.close();
  assert.equal(existsSync(vectorPath(directory)), false);

  const writer = openFile(directory);
  t.after(() => writer.close());
  put(writer, [0, 1], [5, 6]);
  const before = readFileSync(vectorPath(directory));
  const reader = openFile(directory, { readOnly: true });
  t.after(() => reader.close());
  assert.equal(reader.foreignChunks, 1);
  reader.setLive([0], false);
  put(reader, [slotsPerChunk, slotsPerChunk + 1], [5, 9]);
  assert.deepEqual([...held(reader).values()], [6, 5, 9]);
  await reader.save();
  assert.deepEqual(readFileSync(vectorPath(directory)), before);
  // The writer gives a slot to another row: the reader notices when it looks.
  put(writer, [1], [10]);
  assert.throws(() => held(reader), withCode("INDEX_DAMAGED"));
  assert.deepEqual([...reader.damagedSlots()].flat(), [1]);
});

test("a full disk is said, and what was there before stays", async (t) => {
  const disk = mountSmallDisk(t, 256);
  if ("missing" in disk) return t.skip(disk.missing);
  const file = openFile(disk.directory);
  const rows = Array.from({ length: 300 }, (_, i) => i);
  put(file, rows, rows);
  const more = Array.from({ length: 3000 }, (_, i) => 300 + i);
  assert.throws(() => put(file, more, more), withCode("DISK_FULL"));
  assert.deepEqual([...held(file).values()], rows);
  file.setLive([0, 1], false);
  put(file, [0, 1], [1000, 1001]);
  await file.save();
  file.close();
  const again = openFile(disk.directory);
  assert.deepEqual(again.found, { state: "whole" });
  assert.deepEqual([...held(again).values()], [1000, 1001, ...rows.slice(2)]);
  again.close();
});

test("a file that cannot be written any more says so by name, and is read on", async (t) => {
  const disk = mountSmallDisk(t, 2048);
  if ("missing" in disk) return t.skip(disk.missing);
  const file = openFile(disk.directory);
  put(file, [0, 1], [5, 6]);
  await file.save();
  file.close();
  disk.makeReadOnly();
  t.after(() => disk.makeWritable());
  const named = (error: unknown) =>
    withCode("FILE_UNREADABLE")(error) && String(error).includes(vectorPath(disk.directory));
  assert.throws(() => openFile(disk.directory), named);
  const reader = openFile(disk.directory, { readOnly: true });
  assert.deepEqual([...held(reader).values()], [5, 6]);
  reader.close();
  assert.throws(() => openFile(join(disk.directory, "absent")), withCode("PATH_NOT_FOUND"));
});
