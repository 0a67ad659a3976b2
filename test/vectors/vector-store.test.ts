import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { randomFrom, unitVectors } from "./random-vectors.js";

test("more rows than WebAssembly's memory holds are refused with the number that fits, and those that fit are kept", () => {
  const store = VectorStore.create(4096);
  const [slot] = store.claim(1);
  const vector = unitVectors(1, 4096, randomFrom(1));
  store.write(slot!, 7, vector, 0);
  store.bind(Uint32Array.of(7), Uint32Array.of(slot!));
  assert.throws(
    () => store.claim(300_000),
    (error) =>
      error instanceof LodestoneError && error.code === "INVALID_INPUT" && /at most 258048/.test(error.message),
  );
  const read = new Float32Array(4096);
  store.read(store.slotOf(7), read, 0);
  assert.deepEqual(read, vector);
  assert.equal(store.claim(1).length, 1);
});

test("what one store writes another one over the same memory reads, whoever made the memory grow", () => {
  const owner = VectorStore.create(5);
  const reader = new VectorStore(owner.handle());
  const vectors = unitVectors(2, 5, randomFrom(2));
  const rows = Uint32Array.of(70, 3);
  const slots = owner.claim(2);
  rows.forEach((row, i) => {
    owner.write(slots[i]!, row, vectors, i);
  });
  reader.chunks.push(...owner.chunks);
  reader.bind(rows, slots);
  const read = new Float32Array(10);
  reader.read(reader.slotOf(70), read, 0);
  reader.read(reader.slotOf(3), read, 1);
  assert.deepEqual(read, vectors);
  assert.equal(reader.rowOf(slots[1]!), 3);
});

test("slots are given out again only after they were released", () => {
  const store = VectorStore.create(4);
  const first = store.claim(3);
  store.bind(Uint32Array.of(1, 2, 3), first);
  const freed = store.unbind(Uint32Array.of(2, 99));
  assert.deepEqual(freed, [first[1]]);
  assert.notEqual(store.claim(1)[0], first[1]);
  store.release(freed);
  assert.equal(store.claim(1)[0], first[1]);
});
