import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommandLine, UsageError } from "../../bench/vectors/command-line.js";
import { scenariosFor } from "../../bench/vectors/scenario.js";
import { peerNames } from "../../bench/vectors/systems/registry.js";

test("with no flags all peers meet over 10,000 and 100,000 real rows", () => {
  const options = parseCommandLine([]);
  assert.deepEqual(options, { preset: "default", queries: 500, peers: peerNames, out: ".bench/vectors" });
  const scenarios = scenariosFor(options!);
  assert.deepEqual(
    scenarios.map(({ rows, dimensions }) => [rows, dimensions]),
    [
      [10_000, undefined],
      [100_000, undefined],
    ],
  );
  for (const { systems } of scenarios) assert.ok(peerNames.every((peer) => systems.includes(peer)));
});

test("the full run adds wider vectors and a million rows beside hnswlib-node", () => {
  const scenarios = scenariosFor(parseCommandLine(["--full"])!);
  const million = scenarios.find(({ rows }) => rows === 1_000_000);
  assert.equal(million?.dimensions, 384);
  assert.ok(million?.systems.includes("hnswlib"));
  assert.ok([768, 1024].every((width) => scenarios.some(({ dimensions }) => dimensions === width)));
});

test("rows or dimensions make one scenario; the quick run has no peers", () => {
  const one = scenariosFor(parseCommandLine(["--rows", "5000", "--peers", "hnswlib"])!);
  assert.deepEqual(
    one.map(({ rows, dimensions, systems }) => [rows, dimensions, systems.filter((name) => peerNames.includes(name))]),
    [[5000, undefined, ["hnswlib"]]],
  );
  assert.deepEqual(parseCommandLine(["--quick"])?.peers, []);
  assert.equal(parseCommandLine(["--quick", "--out", "x/y"])?.out, "x/y");
});

test("a wrong flag or value says what is right", () => {
  const refused = (words: string[], message: RegExp) =>
    assert.throws(
      () => parseCommandLine(words),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  refused(["--row", "5"], /no --row. Did you mean --rows/);
  refused(["--rows", "many"], /whole number of at least 100, not "many"/);
  refused(["--peers", "hnswlb"], /no peer "hnswlb".*Did you mean hnswlib/);
  refused(["--full", "--quick"], /exclude each other/);
  assert.equal(parseCommandLine(["--help"]), undefined);
});
