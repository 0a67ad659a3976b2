import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import {
  Analyser,
  ImpactBatch,
  ImpactIndex,
  impactOf,
  noStemmer,
  type QueryTerm,
  TextBatch,
} from "../../src/lexical/index.js";
import { bm25, dotProduct, type Row, rankAll, type Scorer } from "./exhaustive-scorer.js";

const analyser = new Analyser({ stemmer: noStemmer });
const largestWeight = 3;

/** An index and beside it the rows that it ought to have. */
class Mirror {
  index: ImpactIndex;
  readonly rows = new Map<number, Row>();
  readonly scorer: Scorer;
  #next = 0;

  constructor(readonly kind: "frequencies" | "impacts") {
    this.index = this.empty();
    this.scorer = kind === "frequencies" ? bm25 : dotProduct(largestWeight / 255);
  }

  empty(): ImpactIndex {
    return this.kind === "frequencies"
      ? new ImpactIndex({ kind: "frequencies", version: analyser.version })
      : new ImpactIndex({ kind: "impacts", version: "sparse", largestWeight });
  }

  /** Rows of words; for impacts a word that is said n times weighs n / 4. */
  add(texts: readonly (readonly string[])[]): void {
    const firstRow = this.#next;
    const counted = texts.map((words) => {
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      return counts;
    });
    if (this.kind === "frequencies") {
      const batch = new TextBatch(analyser, firstRow);
      for (const words of texts) batch.add(words.join(" "));
      this.index.add(batch.finish());
      counted.forEach((values, i) => void this.rows.set(firstRow + i, { length: texts[i]!.length, values }));
    } else {
      const batch = new ImpactBatch(firstRow, "sparse");
      counted.forEach((counts, i) => {
        const values = new Map(
          [...counts].map(([word, count]) => [numberOf(word), impactOf(count / 4, largestWeight)]),
        );
        batch.add({ terms: Uint32Array.from(values.keys()), impacts: Uint8Array.from(values.values()) });
        this.rows.set(firstRow + i, { length: 0, values: new Map([...values].map(([id, value]) => [`${id}`, value])) });
      });
      this.index.add(batch.finish());
    }
    this.#next += texts.length;
  }

  remove(rows: readonly number[]): void {
    const there = rows.filter((row) => this.rows.delete(row)).length;
    assert.equal(this.index.remove(rows), there);
  }

  /** What the index calls a word: weighted terms are numbers. */
  termOf(word: string): string {
    return this.kind === "frequencies" ? word : `${numberOf(word)}`;
  }

  check(words: readonly QueryTerm[], k: number, allow?: Uint32Array): void {
    const terms = words.map(({ term, weight }) => ({ term: this.termOf(term), weight }));
    const allows = (row: number) => !allow || (((allow[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
    const expected = rankAll(this.rows, terms, this.scorer, { k, allows });
    const found = this.index.search(terms, { k, allow });
    assert.deepEqual([...found.rows], expected.rows);
    assert.deepEqual([...found.scores], expected.scores);
  }
}

const vocabulary = ["cat", "dog", "bird", "fish", "tree", "stone", "lamp", "book"];
const word = fc.constantFrom(...vocabulary);
const texts = fc.array(fc.array(word, { maxLength: 9 }), { minLength: 1, maxLength: 40 });
const query = fc.array(
  fc.record({ term: fc.oneof(word, fc.constant("absent")), weight: fc.constantFrom(1, 2, 0.25, 3) }),
  {
    minLength: 1,
    maxLength: 5,
  },
);
const filter = fc.option(
  fc
    .array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 12 })
    .map((words) => Uint32Array.from(words)),
  { nil: undefined },
);
const step = fc.oneof(
  fc.record({ add: texts }),
  fc.record({ remove: fc.array(fc.nat(200), { maxLength: 30 }) }),
  fc.record({ maintain: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ reload: true }),
);

for (const kind of ["frequencies", "impacts"] as const) {
  test(`${kind}: rankings, scores and statistics are those of scoring every row, whatever was added, removed and merged`, () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.array(fc.tuple(query, fc.integer({ min: 1, max: 12 }), filter), { minLength: 1, maxLength: 4 }),
        (steps, queries) => {
          const mirror = new Mirror(kind);
          for (const step of steps) {
            if ("add" in step) mirror.add(step.add);
            else if ("remove" in step) mirror.remove(step.remove);
            else if ("maintain" in step) for (let i = 0; i < step.maintain; i++) mirror.index.maintain(0);
            else reload(mirror);
            for (const [terms, k, allow] of queries) mirror.check(terms, k, allow);
          }
          const { index, rows } = mirror;
          const words = [...rows.values()].reduce((sum, { length }) => sum + length, 0);
          assert.deepEqual(index.statistics, { rows: rows.size, words });
          for (const term of vocabulary.map((word) => mirror.termOf(word))) {
            const having = [...rows.values()].filter(({ values }) => values.has(term)).length;
            assert.equal(index.documentFrequency(term), having, term);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test(`${kind}: so they are over many windows and blocks, where most of the postings are passed over`, () => {
    const random = fc.sample(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { numRuns: 1, seed: 7 })[0]!;
    const next = generator(random);
    const mirror = new Mirror(kind);
    // Word number w stands in about one row of w + 2.
    const names = Array.from({ length: 60 }, (_, i) => `w${i}x`);
    // Most blocks have small values only, so that their bounds differ.
    const often = () => (next() < 0.004 ? 12 : 1 + Math.floor(next() ** 4 * 4));
    const text = () => names.flatMap((name, i) => (next() < 1 / (i + 2) ? Array<string>(often()).fill(name) : []));
    for (let batch = 0; batch < 12; batch++) {
      mirror.add(Array.from({ length: 1500 }, text));
      if (batch % 3 === 1) while (mirror.index.maintain(1000));
    }
    const ask = (count: number) =>
      Array.from({ length: count }, () => ({
        term: names[Math.floor(next() ** 2 * names.length)]!,
        weight: 1 + Math.floor(next() * 3),
      }));
    const sparse = Uint32Array.from({ length: 500 }, (_, i) => (i % 90 < 5 ? 0x10010000 : 0));
    const round = () => {
      for (let i = 0; i < 8; i++) {
        const terms = ask(1 + (i % 6));
        for (const k of [1, 10, 200]) mirror.check(terms, k);
        mirror.check(terms, 20, sparse);
      }
    };
    round();
    const victims = Array.from({ length: 6000 }, () => Math.floor(next() * 18_000));
    mirror.remove(victims.slice(0, 50));
    round();
    mirror.remove(victims);
    round();
    while (mirror.index.maintain(1000));
    assert.ok(mirror.index.segments.some(({ deadRows }) => deadRows === 0));
    round();
  });
}

test("rows that go while a merge runs stay gone", () => {
  const mirror = new Mirror("frequencies");
  for (let i = 0; i < 8; i++) mirror.add(Array.from({ length: 50 }, (_, j) => ["cat", vocabulary[(i + j) % 8]!]));
  assert.ok(mirror.index.maintain(0));
  mirror.remove([3, 17, 399, 399, 400]);
  mirror.add([["cat", "dog"]]);
  while (mirror.index.maintain(0));
  assert.equal(mirror.index.segments.length, 2);
  mirror.check([{ term: "cat", weight: 1 }], 500);
  mirror.check([{ term: "dog", weight: 1 }], 500);
});

test("a segment of which nothing is left is dropped", () => {
  const mirror = new Mirror("frequencies");
  mirror.add([["cat"], ["dog"]]);
  mirror.remove([0, 1]);
  while (mirror.index.maintain(1));
  assert.deepEqual(mirror.index.segments, []);
  mirror.add([["cat"]]);
  mirror.check([{ term: "cat", weight: 1 }], 5);
});

test("what does not belong into an index is refused", () => {
  const mirror = new Mirror("frequencies");
  mirror.add([["cat"]]);
  const { index } = mirror;
  const refuses = (code: string, action: () => void) =>
    assert.throws(action, (error) => error instanceof LodestoneError && error.code === code);
  refuses("INVALID_INPUT", () => index.add(batchOf(new Analyser({ stemmer: noStemmer }), 0)));
  refuses("MODEL_VERSION_MISMATCH", () => index.add(batchOf(new Analyser(), 1)));
  refuses("MODEL_VERSION_MISMATCH", () => index.add(new ImpactBatch(1, analyser.version).finish()));
  refuses("MODEL_VERSION_MISMATCH", () =>
    new ImpactIndex({ kind: "frequencies", version: "other" }).addSegment(index.segmentBytes(0)),
  );
  refuses("NOT_FOUND", () => index.segmentBytes(1));
  refuses("INVALID_INPUT", () => new TextBatch(analyser, -1));
  const later = new ImpactBatch(7, "sparse");
  refuses("INVALID_INPUT", () => later.add({ terms: Uint32Array.of(1), impacts: Uint8Array.of(1) }, 6));
  mirror.check([{ term: "cat", weight: 1 }], 5);
});

const numberOf = (word: string) => Number.parseInt(word, 36);

function batchOf(other: Analyser, firstRow: number) {
  const batch = new TextBatch(other, firstRow);
  batch.add("cat");
  return batch.finish();
}

/** As after a restart: from the segments' bytes, which may lie anywhere in memory, and the rows that are gone. */
function reload(mirror: Mirror): void {
  const again = mirror.empty();
  for (const { firstRow } of mirror.index.segments) {
    const bytes = mirror.index.segmentBytes(firstRow);
    const moved = new Uint8Array(bytes.length + 1).subarray(1);
    moved.set(bytes);
    again.addSegment(moved);
  }
  again.remove(Array.from({ length: again.endRow }, (_, row) => row).filter((row) => !mirror.rows.has(row)));
  mirror.index = again;
}

/** A linear congruential generator: numbers from 0 up to but without 1 (Numerical Recipes, section 7.1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
