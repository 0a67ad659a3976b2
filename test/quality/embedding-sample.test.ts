import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EmbeddingSample, EmbeddingSampler, mergeSamples, sampleOf } from "../../src/quality/index.js";

// A vector that carries its number, so that a sample tells which rows it holds.
const vectorOf = (number: number) => Float32Array.of(number, 1);
const numbersIn = ({ vectors, rows }: EmbeddingSample) => Array.from({ length: rows }, (_, row) => vectors[2 * row]!);

function sampled(numbers: readonly number[], capacity: number, seed: number): EmbeddingSampler {
  const sampler = new EmbeddingSampler({ dimensions: 2, capacity, seed });
  for (const number of numbers) sampler.offer(vectorOf(number), number);
  return sampler;
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

test("law: a sample holds as many different rows as fit, each with its norm", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.integer(), (count, capacity, seed) => {
      const sample = sampled(upTo(count), capacity, seed).sample();
      const numbers = numbersIn(sample);
      assert.equal(sample.rows, Math.min(count, capacity));
      assert.equal(sample.seen, count);
      assert.equal(new Set(numbers).size, numbers.length);
      assert.ok(numbers.every((number) => number < count));
      assert.deepEqual([...sample.norms], numbers);
      assert.equal(sample.vectors.length, 2 * sample.rows);
    }),
  );
});

test("law: a sampler that was stored and resumed goes on as if it had not been", () => {
  fc.assert(
    fc.property(
      fc.nat(40),
      fc.nat(40),
      fc.integer({ min: 1, max: 10 }),
      fc.integer(),
      (before, after, capacity, seed) => {
        const whole = sampled(upTo(before + after), capacity, seed).sample();
        const resumed = EmbeddingSampler.resume(sampled(upTo(before), capacity, seed).sample());
        for (const number of upTo(after, before)) resumed.offer(vectorOf(number), number);
        assert.deepEqual(resumed.sample(), whole);
      },
    ),
  );
});

test("law: two samples merge into one of both streams", () => {
  const stream = fc.record({ count: fc.nat(30), capacity: fc.integer({ min: 1, max: 10 }), seed: fc.integer() });
  fc.assert(
    fc.property(stream, stream, (a, b) => {
      const merged = mergeSamples(
        sampled(upTo(a.count), a.capacity, a.seed).sample(),
        sampled(upTo(b.count, 100), b.capacity, b.seed).sample(),
      );
      const numbers = numbersIn(merged);
      assert.equal(merged.seen, a.count + b.count);
      assert.equal(merged.rows, Math.min(a.capacity, b.capacity, a.count + b.count));
      assert.equal(new Set(numbers).size, numbers.length);
      assert.deepEqual([...merged.norms], numbers);
      const again = EmbeddingSampler.resume(merged);
      again.offer(vectorOf(7777), 1);
      assert.equal(again.sample().seen, merged.seen + 1);
    }),
  );
});

// Pearson's statistic of counts that should be equal; mean = cells - 1, variance = 2 (cells - 1) for independent draws, and
// smaller for draws without replacement. Five standard deviations above the mean: the seed is fixed, so it cannot flicker.
function assertUniform(counts: readonly number[]): void {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  assert.ok(statistic < freedom + 5 * Math.sqrt(2 * freedom), `${statistic} for ${freedom} degrees of freedom`);
}

test("every row of a stream is kept equally often, early or late", () => {
  const counts = new Array<number>(40).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    for (const number of numbersIn(sampled(upTo(40), 8, seed * 7919).sample())) counts[number]!++;
  }
  assertUniform(counts);
});

test("after a merge of a long and a short stream every row of both is kept equally often", () => {
  const counts = new Array<number>(40).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const long = sampled(upTo(30), 8, seed * 7919 + 1).sample();
    const short = sampled(upTo(10, 30), 8, seed * 104_729 + 2).sample();
    for (const number of numbersIn(mergeSamples(long, short))) counts[number]!++;
  }
  assertUniform(counts);
});

test("of a document one chunk is offered, any of them, and nothing of an empty one", () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const sampler = new EmbeddingSampler({ dimensions: 2, capacity: 4, seed });
    sampler.offerDocument(Float32Array.of(1, 0, 2, 0, 3, 0), Float32Array.of(10, 20, 30));
    sampler.offerDocument(new Float32Array(0), new Float32Array(0));
    const { rows, vectors, norms } = sampler.sample();
    assert.equal(rows, 1);
    assert.equal(norms[0], 10 * vectors[0]!);
    seen.add(vectors[0]!);
  }
  assert.deepEqual([...seen].sort(), [1, 2, 3]);
});

test("rows that are there already are taken whole, with their lengths as norms", () => {
  const sample = sampleOf(Float32Array.of(3, 4, 0, 2), { dimensions: 2 });
  assert.deepEqual([...sample.vectors], [3, 4, 0, 2]);
  assert.deepEqual([...sample.norms], [5, 2]);
  assert.equal(sampleOf(new Float32Array(20), { dimensions: 2, capacity: 3 }).rows, 3);
});
