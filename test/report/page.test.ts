import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "cheerio";
import { barPlot, dataBlock, differencePlot, element, pageOf } from "../../src/report/index.js";

const evil = '</script><img src=x onerror="alert(1)">';

test("nothing that is put into a page becomes a tag of its own", () => {
  const html = pageOf({
    title: evil,
    header: element("h1", { title: evil }, evil),
    main: [differencePlot([{ value: 1, tip: evil }], evil), barPlot(evil, [evil], [])],
    footer: dataBlock({ evil }),
  });
  const page = load(html);
  assert.equal(page("img").length, 0);
  assert.equal(page("h1").text(), evil);
  assert.deepEqual(JSON.parse(page("#figures").text()), { evil });
});

test("differences stand in falling order, gains above the line and losses below it", () => {
  const values = [-0.2, 0.5, 0, 0.1];
  const [wide] = differencePlot(
    values.map((value) => ({ value, tip: String(value) })),
    "four queries",
  );
  const page = load(wide!.text);
  const bars = page(".difference")
    .get()
    .map((bar) => page(bar));
  assert.deepEqual(
    bars.map((bar) => bar.find("title").text()),
    ["0.5", "0.1", "0", "-0.2"],
  );
  assert.deepEqual(
    bars.map((bar) => /gain|loss|equal/.exec(bar.attr("class") ?? "")?.[0]),
    ["gain", "gain", "equal", "loss"],
  );
  const zero = Number(bars[3]!.attr("y"));
  const end = Number(bars[0]!.attr("y")) + Number(bars[0]!.attr("height"));
  assert.ok(Math.abs(end - zero) < 0.02);
  assert.ok(Number(bars[0]!.attr("height")) / Number(bars[3]!.attr("height")) - 2.5 < 0.02);
});

test("an interval is drawn over its bar, on the scale of the longest", () => {
  const groups = [
    { name: "a", tone: "blue", bars: [{ value: 0.5, text: "0.5", interval: { low: 0.25, high: 1 } }] },
    { name: "b", tone: "blue", bars: [{ value: 0.25, text: "0.25" }] },
  ];
  const page = load(barPlot("both", ["x"], groups).text);
  assert.deepEqual(
    page(".fill")
      .get()
      .map((bar) => page(bar).attr("width")),
    ["50.00%", "25.00%"],
  );
  assert.deepEqual([page(".whisker").attr("x"), page(".whisker").attr("width")], ["25.00%", "75.00%"]);
});
