import assert from "node:assert/strict";
import { test } from "node:test";
import { byFamily, cheapestReaching } from "../../bench/vectors/choose-setting.js";
import { point } from "./points.js";

test("the cheapest setting that reaches the recall is chosen by the check half alone", () => {
  const points = [
    point({ label: "ef 16", check: [0.95, 0.1], held: [1, 0.1] }),
    point({ label: "ef 64", check: [0.992, 0.4], held: [0.98, 0.9] }),
    point({ label: "ef 128", check: [0.999, 0.6], held: [1, 0.2] }),
  ];
  const choice = cheapestReaching(points, 0.99);
  assert.equal(choice?.point.setting.label, "ef 64");
  assert.equal(choice?.reaches, true);
});

test("where no setting reaches it, the one of highest recall stands for the system, and says so", () => {
  const points = [point({ label: "a", check: [0.5, 0.1] }), point({ label: "b", check: [0.7, 9] })];
  assert.deepEqual(
    [cheapestReaching(points, 0.99)].map((choice) => [choice?.point.setting.label, choice?.reaches]),
    [["b", false]],
  );
  assert.equal(cheapestReaching([], 0.99), undefined);
});

test("settings are grouped by curve in their order", () => {
  const settings = ["a", "b", "a"].map((family, i) => ({ family, label: String(i), parameters: {} }));
  assert.deepEqual(
    [...byFamily(settings)].map(([family, of]) => [family, of.map(({ label }) => label)]),
    [
      ["a", ["0", "2"]],
      ["b", ["1"]],
    ],
  );
});
