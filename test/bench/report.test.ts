import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "cheerio";
import { resultMarkdown } from "../../bench/report/markdown.js";
import { reportPage } from "../../bench/report/page.js";
import { summaryOf } from "../../bench/report/summary.js";
import { matchedRecall, promises } from "../../bench/report/tables.js";
import type { BenchResult } from "../../bench/vectors/result.js";
import { exactFaults } from "../../bench/vectors/self-check.js";
import { element, number, tableMarkdown, text } from "../../src/report/index.js";
import { point, scenario, system } from "./points.js";

const filter = (share: number) => ({ kind: "filter", share }) as const;
const ours = system("lodestone", "Lodestone", [
  point({
    family: "auto",
    label: "recall 0.99",
    parameters: { recall: 0.99 },
    check: [0.995, 0.25],
    held: [0.993, 0.2],
  }),
  point({ family: "exact", label: "exact", check: [1, 4] }),
  point({ family: "exact", label: "exact", k: 100, check: [1, 5] }),
  point({ family: "auto", label: "recall 0.99", check: [1, 0.1], searched: filter(0.01) }),
]);
const peer = system("hnswlib", "hnswlib-node", [
  point({ family: "hnswlib-node", label: "ef 16", check: [0.9, 0.1] }),
  point({ family: "hnswlib-node", label: "ef 64", check: [0.992, 0.5], held: [0.991, 0.4] }),
  point({ family: "hnswlib-node", label: "ef 64", check: [0.9, 3], searched: filter(0.01) }),
]);
const result: BenchResult = {
  format: 1,
  command: "node dist/bench/vectors.js --rows 100",
  machine: {
    ...{ cpu: "A CPU <x>", cores: 2, memoryBytes: 8e9, system: "Linux", node: "v20" },
    ...{ date: "2026-01-02T03:04:05Z", commit: "abc", loadAverage: 0.5 },
  },
  scenarios: [scenario([ours, peer])],
};

test("the table of matched recall has one row for each curve, with the held half's figures", () => {
  const { rows } = matchedRecall(scenario([ours, peer]), 10);
  assert.deepEqual(
    rows.map(({ cells: [name, , setting, recall, p50] }) => [name, setting, recall, p50]),
    [
      ["Lodestone auto", "recall 0.99", "0.9930", "0.2 ms"],
      ["Lodestone exact", "exact", "1", "4 ms"],
      ["hnswlib-node", "ef 64", "0.9910", "0.4 ms"],
    ],
  );
});

test("in short, our figure stands beside the quickest peer's at the same recall", () => {
  const [latency] = summaryOf(scenario([ours, peer]));
  assert.equal(latency?.figure, "0.2 ms");
  assert.match(latency?.beside ?? "", /^0\.5x of the quickest peer, hnswlib-node: 0\.4 ms \(ef 64/);
  assert.equal(summaryOf(scenario([ours]))[0]?.beside, "no peer in this run");
});

test("a promise of recall counts as kept only where both halves keep it", () => {
  const asked = (check: number, held: number) => {
    const of = point({ family: "auto", parameters: { recall: 0.99 }, check: [check, 1], held: [held, 1] });
    return promises(scenario([system("lodestone", "Lodestone", [of])])).rows[0]?.cells[5];
  };
  assert.equal(asked(0.99, 0.995), "yes");
  assert.equal(asked(0.98, 0.995), "on one half");
  assert.equal(asked(0.995, 0.98), "no");
});

test("nothing is printed unless our exact search agrees with the independent scan, for every search of it", () => {
  assert.deepEqual(exactFaults(scenario([ours, peer])), []);
  const wrong = point({ family: "exact", check: [0.9999, 1], searched: filter(0.01) });
  assert.match(
    exactFaults(scenario([system("lodestone", "Lodestone", [wrong])]))[0] ?? "",
    /differ .*filter of 1 %: 0\.9999/,
  );
  assert.match(exactFaults(scenario([peer]))[0] ?? "", /was not measured/);
});

test("the report needs nothing but itself: no script, no style attribute, no other address", () => {
  const page = reportPage(result);
  const $ = load(page);
  assert.deepEqual(
    $("script:not([type='application/json']), link:not([href^='data:']), img, iframe, [style], [src]").length,
    0,
  );
  assert.doesNotMatch($("style").text(), /url\(|@import/);
  const targets = $("a[href]")
    .map((_, link) => $(link).attr("href"))
    .get();
  assert.ok(targets.every((target) => target.startsWith("#") && $(target).length === 1));
  assert.equal($("style").length, 1);
});

test("every plot has a name, axes with titles, marks that tell their figures, and its table", () => {
  const $ = load(reportPage(result));
  const plots = $("svg.plot");
  // Recall at 10, at 100 and filters, each for wide and for narrow windows.
  assert.equal(plots.length, 6);
  plots.each((_, plot) => {
    assert.match($(plot).attr("aria-label") ?? "", /100 real vectors: .+ against .+/);
    assert.equal($(plot).find("text.axis").length, 2);
    assert.ok($(plot).find(".mark title").length > 0);
  });
  assert.match($(".mark.own title").first().text(), /Lodestone auto, recall 0\.99: recall 0\.9930, p50 0\.2 ms/);
  assert.equal($(".mark.hollow.blue").length, 2, "hnswlib-node does not reach 0.99 under the filter");
  $("section section figure").each((_, figure) => {
    assert.ok($(figure).nextAll("details").find("table tbody tr").length > 0);
  });
  $(".scroll").each((_, box) => {
    assert.equal($(box).attr("tabindex"), "0");
    assert.ok($(box).attr("aria-label"));
  });
});

test("what systems and machines say of themselves is text, and the figures inside the page can be read again", () => {
  const page = reportPage(result);
  const $ = load(page);
  assert.match($("header .facts").text(), /A CPU <x>/);
  assert.match($("details table").text(), /codes & <vectors>/);
  const figures = JSON.parse($("#figures").text()) as BenchResult;
  assert.equal(figures.machine.cpu, "A CPU <x>");
  assert.equal(figures.scenarios[0]?.systems[0]?.points.length, 4);
});

test("the Markdown has every table, a line for each missing peer and says what the vectors are", () => {
  const missing = { ...scenario([ours]), skipped: [{ title: "Orama", reason: "not installed" }] };
  const markdown = resultMarkdown({ ...result, scenarios: [missing] });
  for (const part of [/^## 100 real vectors$/m, /100 rows x 8; real/, /^- Orama is missing: not installed$/m]) {
    assert.match(markdown, part);
  }
  for (const line of markdown.split("\n").filter((each) => each.startsWith("|")))
    assert.match(line, /^\| .* \|$|^\|.*-\|$/);
});

test("elements escape text and attributes, and leave out what is not there", () => {
  const { text } = element(
    "a",
    { title: `"<&>'`, hidden: undefined, open: true, x: 1.23456 },
    "<b>",
    undefined,
    false,
    3,
  );
  assert.equal(text, `<a title="&#34;&#60;&#38;&#62;&#39;" open x="1.23">&#60;b&#62;3</a>`);
});

test("a Markdown table is aligned, and a bar in a cell does not end it", () => {
  const table = tableMarkdown({
    title: "T",
    columns: [text("name"), number("ms")],
    rows: [
      { kind: "ours", cells: ["a|b", "1.25"] },
      { kind: "peer", cells: ["longer", "10"] },
    ],
  });
  assert.equal(table, "**T**\n\n| name   |   ms |\n| ------ | ---: |\n| a\\|b   | 1.25 |\n| longer |   10 |\n");
});
