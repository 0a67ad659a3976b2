import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RerankPace } from "../../src/retrieval/rerank-pace.js";

/** A pace on a clock that the test turns. */
function paced() {
  const clock = { ms: 0 };
  return { clock, pace: new RerankPace(() => clock.ms) };
}

test("what fits is told by the calls so far, and nothing before the first", () => {
  const { clock, pace } = paced();
  assert.equal(pace.fitting(100), undefined);
  const call = pace.begin(10);
  clock.ms = 20;
  call.done();
  assert.equal(pace.msPerPassage, 2);
  assert.equal(pace.fitting(100), 50);
});

test("law: calls side by side tell the pace of the model, not how long each waited for the others", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (sizes) => {
      const { clock, pace } = paced();
      // All come at once, and are answered one after the other at 3 ms a passage.
      const calls = sizes.map((size) => ({ size, call: pace.begin(size) }));
      for (const { size, call } of calls) {
        clock.ms += 3 * size;
        call.done();
      }
      assert.ok(Math.abs(pace.msPerPassage! - 3) < 1e-9);
    }),
  );
});

test("others that wait take their share of what fits, until they are answered, late or gone", () => {
  const { clock, pace } = paced();
  const first = pace.begin(10);
  clock.ms = 10;
  first.done();
  const others = [pace.begin(10), pace.begin(10), pace.begin(10)];
  assert.equal(pace.fitting(100), 25);
  others[0]!.dropped();
  assert.equal(pace.fitting(100), 33);
  clock.ms = 20;
  others[1]!.done();
  assert.equal(pace.fitting(100), 50);
  clock.ms = 120;
  others[2]!.late();
  // 10 passages, and 10 of another, took more than 110 ms.
  assert.equal(pace.msPerPassage, 5.5);
  assert.equal(pace.fitting(100), 18);
});
