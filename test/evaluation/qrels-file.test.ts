import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatQrels, parseQrels, type Qrels } from "../../src/evaluation/index.js";

test("qrels are written as TREC lines", () => {
  const qrels: Qrels = new Map([
    [
      "q1",
      new Map([
        ["d1", 2],
        ["d2", 0],
      ]),
    ],
    ["q2", new Map([["d1", -1]])],
  ]);
  assert.deepEqual([...formatQrels(qrels)], ["q1 0 d1 2\n", "q1 0 d2 0\n", "q2 0 d1 -1\n"]);
});

test("law: what is written is read back", () => {
  const token = fc.stringMatching(/^[!-~]{1,6}$/);
  const judgements = fc.uniqueArray(fc.tuple(token, fc.integer({ min: -1, max: 3 })), {
    selector: ([id]) => id,
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(token, judgements), { selector: ([id]) => id, maxLength: 5 }), (entries) => {
      const qrels: Qrels = new Map(entries.map(([id, pairs]) => [id, new Map(pairs)]));
      assert.deepEqual(parseQrels(formatQrels(qrels), "x.qrels"), qrels);
    }),
  );
});

test("a damaged line is refused with its file and number, an id with white space is not written", () => {
  const cases: [string, RegExp][] = [
    ["q1 0 d2", /^x:3: expected 4 columns \(query iteration document grade\); found 3/],
    ["q1 0 d2 high", /^x:3: expected a whole number as grade; found "high"/],
    ["q1 0 d1 2", /^x:3: document d1 is judged twice for query q1/],
  ];
  for (const [line, message] of cases) {
    assert.throws(() => parseQrels(["q1 Q0 d1 1", "", line], "x"), { code: "INVALID_INPUT", message });
  }
  const spaced: Qrels = new Map([["q", new Map([["my notes.md", 1]])]]);
  assert.throws(() => [...formatQrels(spaced)], { code: "INVALID_INPUT", message: /A qrels file .*"my notes\.md"/ });
});

test("BEIR's three columns are read as well, with a header or without", () => {
  const expected: Qrels = new Map([
    ["q1", new Map([["d1", 2]])],
    ["q2", new Map([["d1", 0]])],
  ]);
  const rows = ["q1\td1\t2", "q2\td1\t0"];
  assert.deepEqual(parseQrels(rows, "x"), expected);
  assert.deepEqual(parseQrels(["", "query-id\tcorpus-id\tscore", ...rows], "x"), expected);
  assert.throws(() => parseQrels([...rows, "q3 d1"], "x"), { message: /^x:3: expected 3 columns \(query-id/ });
});
