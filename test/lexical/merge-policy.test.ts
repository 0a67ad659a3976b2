import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nextMerge, type SegmentSize } from "../../src/lexical/merge-policy.js";

const fresh = (postings: number): SegmentSize => ({ postings, rows: 100, deadRows: 0 });

/** Adds batches one by one and merges for as long as there is something to merge. */
function addAll(batches: readonly number[]): { segments: SegmentSize[]; rewritten: number } {
  let segments: SegmentSize[] = [];
  let rewritten = 0;
  for (const postings of batches) {
    segments.push(fresh(postings));
    for (let merge = nextMerge(segments); merge; merge = nextMerge(segments)) {
      const sources = segments.slice(merge.from, merge.to);
      const sum = sources.reduce((all, source) => all + source.postings, 0);
      rewritten += sum;
      segments = [...segments.slice(0, merge.from), fresh(sum), ...segments.slice(merge.to)];
    }
  }
  return { segments, rewritten };
}

test("whatever batches come, segments stay few and no posting is rewritten often", () => {
  const batch = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 200_000 }));
  fc.assert(
    fc.property(fc.array(batch, { minLength: 50, maxLength: 500 }), (batches) => {
      const { segments, rewritten } = addAll(batches);
      const total = batches.reduce((sum, postings) => sum + postings, 0);
      const doublings = Math.log2(total + batches.length) + 1;
      assert.ok(segments.length <= 4 * doublings, `${segments.length} segments`);
      assert.ok(rewritten <= total * doublings, `${rewritten / total} times`);
    }),
  );
});

test("of equal batches at most 15 segments stay, and a posting is rewritten five times at most", () => {
  for (let count = 1; count <= 600; count += 37) {
    const { segments, rewritten } = addAll(Array<number>(count).fill(1000));
    assert.ok(segments.length <= 15, `${segments.length} segments`);
    assert.ok(rewritten <= 5 * count * 1000, `${rewritten / count / 1000} times`);
  }
});

test("a large segment does not move for small ones", () => {
  assert.equal(nextMerge([fresh(1_000_000), ...Array<SegmentSize>(7).fill(fresh(10))]), undefined);
  assert.deepEqual(nextMerge([fresh(1_000_000), ...Array<SegmentSize>(8).fill(fresh(10))]), { from: 1, to: 9 });
});

test("a segment with many dead rows is rewritten alone", () => {
  assert.equal(nextMerge([fresh(10), { postings: 50_000, rows: 100, deadRows: 25 }]), undefined);
  assert.deepEqual(nextMerge([fresh(10), { postings: 50_000, rows: 100, deadRows: 26 }]), { from: 1, to: 2 });
});
