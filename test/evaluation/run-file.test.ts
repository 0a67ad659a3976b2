import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatRun, parseRun, type ScoredRun } from "../../src/evaluation/index.js";

test("a run is written as TREC lines, equal scores a step apart so that their order holds", () => {
  const run: ScoredRun = new Map([
    [
      "q1",
      [
        { id: "d1", score: 2.5 },
        { id: "d2", score: 1 },
        { id: "d3", score: 1 },
        { id: "d4", score: 0 },
        { id: "d5", score: 0 },
      ],
    ],
    ["q2", [{ id: "d1", score: -1 }]],
  ]);
  assert.deepEqual(
    [...formatRun(run, "hybrid")],
    [
      "q1 Q0 d1 1 2.5 hybrid\n",
      "q1 Q0 d2 2 1 hybrid\n",
      "q1 Q0 d3 3 0.9999999403953552 hybrid\n",
      "q1 Q0 d4 4 0 hybrid\n",
      "q1 Q0 d5 5 -1.401298464324817e-45 hybrid\n",
      "q2 Q0 d1 1 -1 hybrid\n",
    ],
  );
});

test("reading goes by scores, not by the ranks that are stated, and skips empty lines", () => {
  const lines = ["q1 Q0 a 1 0.5 x", "", "q1\tQ0\tb\t2\t0.9\tx", "q2 Q0 a 1 1e-3 x", "q1 Q0 c 3 0.5 x"];
  assert.deepEqual(
    [...parseRun(lines, "x.run")],
    [
      ["q1", ["b", "c", "a"]],
      ["q2", ["a"]],
    ],
  );
});

test("a damaged line is refused with its file and number", () => {
  const good = "q1 Q0 a 1 0.5 x";
  const cases: [string, RegExp][] = [
    ["q1 Q0 b 2 0.4", /^x\.run:2: expected 6 columns .* found 5/],
    ["q1 Q0 b 2 high x", /^x\.run:2: expected a number as score; found "high"/],
    ["q1 Q0 a 2 0.4 x", /^x\.run:2: document a stands twice under query q1/],
  ];
  for (const [line, message] of cases) {
    assert.throws(() => parseRun([good, line], "x.run"), { code: "INVALID_INPUT", message });
  }
});

test("an id that a run file cannot hold is refused", () => {
  const write = (run: ScoredRun, tag: string) => () => [...formatRun(run, tag)];
  assert.throws(write(new Map([["q", [{ id: "my notes.md", score: 1 }]]]), "x"), /document id "my notes.md"/);
  assert.throws(write(new Map([["", []]]), "x"), /query id ""/);
  assert.throws(write(new Map(), "my run"), /tag "my run"/);
});

test("law: what is written is read back in the same order, however close the scores are", () => {
  const score = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(0, 1, 1 + 1e-12, -0, 1e-46));
  const ranking = fc
    .uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z0-9]{1,3}$/), score }), { selector: ({ id }) => id })
    .map((rows) => rows.sort((a, b) => b.score - a.score));
  fc.assert(
    fc.property(ranking, (rows) => {
      const lines = [...formatRun(new Map([["q", rows]]), "t")];
      assert.deepEqual(
        parseRun(lines, "t.run").get("q") ?? [],
        rows.map(({ id }) => id),
      );
    }),
  );
});
