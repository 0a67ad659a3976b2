import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bandsFor,
  groupNearDuplicates,
  NearDuplicates,
  openSigner,
  SIGNATURE_PLACES,
  type Signature,
  similarityOf,
} from "../../src/documents/near-duplicates.js";

const sign = openSigner();
const signed = (text: string): Signature => sign(text)!;

/** The oracle: sets of runs of five words, compared element by element. */
function exactJaccard(a: string, b: string): number {
  const [x, y] = [shingles(a), shingles(b)];
  const common = [...x].filter((shingle) => y.has(shingle)).length;
  return common / (x.size + y.size - common);
}

function shingles(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  if (words.length < 5) return new Set([words.join(" ")]);
  return new Set(words.slice(4).map((_, i) => words.slice(i, i + 5).join(" ")));
}

const word = fc.stringMatching(/^[a-z]{2,8}$/);
const vocabulary = Array.from({ length: 3000 }, (_, i) => `w${i.toString(36)}x`);
const textOf = (numbers: readonly number[]) => numbers.map((n) => vocabulary[n % vocabulary.length]).join(" ");
const numbers = (minLength: number, maxLength: number) => fc.array(fc.nat(2999), { minLength, maxLength });

test("the estimate is near the exact Jaccard similarity, for texts that share any part of their words", () => {
  fc.assert(
    fc.property(numbers(30, 400), numbers(0, 300), numbers(0, 300), (common, left, right) => {
      const [a, b] = [textOf([...common, ...left]), textOf([...common, ...right])];
      const exact = exactJaccard(a, b);
      const deviation = Math.sqrt((exact * (1 - exact)) / SIGNATURE_PLACES);
      const error = Math.abs(similarityOf(signed(a), signed(b)) - exact);
      assert.ok(error <= 5 * deviation + 0.02, `${exact} was estimated ${error} off`);
    }),
    { numRuns: 300 },
  );
});

test("the estimate is right on average, for long texts and for ones with fewer shingles than places", () => {
  for (const words of [40, 120, 1000]) {
    let [error, squared] = [0, 0];
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const base = Array.from({ length: words }, (_, i) => (run * 7919 + i * 104_729) % 2_999_999);
      const a = base.map((n) => `w${n}`).join(" ");
      const b = base.map((n, i) => (i === (run % (words - 10)) + 5 ? "changed" : `w${n}`)).join(" ");
      const off = similarityOf(signed(a), signed(b)) - exactJaccard(a, b);
      error += off / runs;
      squared += off ** 2 / runs;
    }
    assert.ok(Math.abs(error) < 0.01, `${words} words: ${error} off on average`);
    assert.ok(Math.sqrt(squared) < 0.05, `${words} words: deviation ${Math.sqrt(squared)}`);
  }
});

test("the same words are the same text, whatever stands between them and however they are written", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
      const spaced = words.join(" ");
      const marked = words.map((w, i) => (i % 2 ? w.toUpperCase() : w)).join(", ");
      assert.equal(similarityOf(signed(spaced), signed(marked)), 1);
    }),
  );
});

test("texts without a common run of words are not similar, and one without words has no signature", () => {
  const [a, b] = [
    textOf(Array.from({ length: 200 }, (_, i) => i)),
    textOf(Array.from({ length: 200 }, (_, i) => i + 999)),
  ];
  assert.ok(similarityOf(signed(a), signed(b)) < 0.05);
  for (const text of ["", "  \n ", "...!?"]) assert.equal(sign(text), undefined);
  assert.ok(similarityOf(signed("one word"), signed("two words")) < 0.05);
});

test("characters of scripts without spaces are words", () => {
  const text = "この文書は鍵の交換について説明します。鍵は九十日ごとに交換してください。古い鍵は翌日に廃止します。";
  assert.ok(similarityOf(signed(text), signed(text.replace("九十日", "三十日"))) > 0.6);
  assert.ok(
    similarityOf(signed(text), signed("京都行きの列車は四番線から出発します。切符は駅の窓口で買えます。")) < 0.1,
  );
});

test("a signature depends on its text alone, not on what was signed before", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 200 }), { maxLength: 8 }), (texts) => {
      assert.deepEqual(
        texts.map(sign),
        texts.map((text) => openSigner()(text)),
      );
    }),
  );
});

test("bands are as long as they may be for pairs at the threshold to be found", () => {
  for (const threshold of [0.3, 0.5, 0.7, 0.85, 0.95, 1]) {
    const { bands, rows } = bandsFor(threshold);
    assert.ok(bands * rows <= SIGNATURE_PLACES);
    assert.ok(1 - (1 - threshold ** rows) ** bands >= 0.99, `${threshold}: ${bands} bands of ${rows}`);
  }
  assert.deepEqual(bandsFor(0.85), { bands: 16, rows: 8 });
});

/** Signatures of which the n-th agrees with the first in `agreeing` places. */
function signatureNear(base: Signature, agreeing: number, seed: number): Signature {
  return base.map((value, place) =>
    (place * 37 + seed * 11) % SIGNATURE_PLACES < agreeing ? value : value ^ (seed + 1),
  );
}

test("what is near enough is found, what is not is not", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 60, max: 128 }), { maxLength: 30 }), (agreements) => {
      const base = signed(textOf(Array.from({ length: 300 }, (_, i) => i * 7)));
      const near = new NearDuplicates(0.85);
      const items = agreements.map((agreeing, i) => near.add(signatureNear(base, agreeing, i)));
      const found = new Map(near.similarTo(base).map(({ item, similarity }) => [item, similarity]));
      items.forEach((item, i) => {
        const similarity = similarityOf(base, signatureNear(base, agreements[i]!, i));
        // At 0.95 all bands but a few agree: it is as good as certain to be found.
        if (similarity >= 0.95) assert.equal(found.get(item), similarity);
        if (similarity < 0.85) assert.equal(found.has(item), false);
      });
    }),
  );
});

test("groups hold what is near each other, over others too, and are named after their first item", () => {
  const chain = Array.from({ length: 6 }, (_, step) => textOf(Array.from({ length: 400 }, (_, i) => i + step * 20)));
  const other = textOf(Array.from({ length: 300 }, (_, i) => i + 1500));
  const signatures = [other, ...chain, other, textOf(Array.from({ length: 300 }, (_, i) => i + 2400))].map(signed);
  assert.ok(similarityOf(signatures[1]!, signatures[6]!) < 0.7, "the ends of the chain are not near each other");
  assert.deepEqual([...groupNearDuplicates(signatures, 0.85)], [0, 1, 1, 1, 1, 1, 1, 0, 8]);
});

test("very many copies and very many variants of one text are grouped in no time to speak of", () => {
  const base = Array.from({ length: 400 }, (_, i) => i * 3);
  const copies = new Array<Signature>(20_000).fill(signed(textOf(base)));
  const variants = Array.from({ length: 3000 }, (_, n) =>
    signed(textOf(base.map((w, i) => (i === n % 400 ? w + n + 1 : w)))),
  );
  const groups = groupNearDuplicates([...copies, ...variants], 0.85);
  assert.deepEqual(new Set(groups), new Set([0]));
});
