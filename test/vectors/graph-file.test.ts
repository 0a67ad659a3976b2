import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { decodeHeader, encodeHeader, fingerprintOf, type GraphHeader } from "../../src/vectors/graph-file.js";

const hex = (digits: number) =>
  fc.uint8Array({ minLength: digits / 2, maxLength: digits / 2 }).map((bytes) => Buffer.from(bytes).toString("hex"));

const rowList = fc.uniqueArray(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 50 });

const headers: fc.Arbitrary<GraphHeader> = fc
  .record({
    dimensions: fc.integer({ min: 1, max: 4096 }),
    modelVersion: fc.string({ unit: "grapheme", maxLength: 40 }),
    sequence: fc.maxSafeNat(),
    payloadBytes: fc.maxSafeNat(),
    payloadId: hex(16),
    payloadSha256: hex(64),
    rows: rowList,
  })
  .map(({ rows, ...rest }) => ({
    ...rest,
    rows: Uint32Array.from(rows),
    fingerprints: Uint32Array.from(rows, (row) => Math.imul(row, 0x9e3779b1)),
  }));

const isDamage = (error: unknown) => error instanceof LodestoneError && error.code === "INDEX_DAMAGED";

test("a header is read as it was written", () => {
  fc.assert(
    fc.property(headers, (header) => {
      assert.deepEqual(decodeHeader(encodeHeader(header), "graph.lseg"), header);
    }),
  );
});

test("a header with any one bit flipped, or cut off anywhere, is refused", () => {
  fc.assert(
    fc.property(headers, fc.nat(), fc.nat(), (header, flip, cut) => {
      const bytes = encodeHeader(header);
      const flipped = bytes.slice();
      flipped[flip % bytes.length]! ^= 1 << (flip % 8);
      assert.throws(() => decodeHeader(flipped, "graph.lseg"), isDamage);
      assert.throws(() => decodeHeader(bytes.slice(0, cut % bytes.length), "graph.lseg"), isDamage);
    }),
  );
});

test("a header of a later format is refused by its number", () => {
  fc.assert(
    fc.property(headers, (header) => {
      const bytes = Buffer.from(encodeHeader(header));
      bytes.writeUInt16LE(2, 4);
      assert.throws(() => decodeHeader(bytes, "graph.lseg"), isDamage);
    }),
  );
});

test("a fingerprint changes with any one element", () => {
  const bits = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(bits, fc.nat(), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (elements, at, difference) => {
      const before = Uint32Array.from(elements);
      const after = before.slice();
      after[at % after.length]! ^= difference;
      assert.notEqual(fingerprintOf(before), fingerprintOf(after));
    }),
  );
});
