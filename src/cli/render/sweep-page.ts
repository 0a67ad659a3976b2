// A sweep as a page of its own: a plot for each axis of numbers, one of all other points, and the table.

import {
  barPlot,
  type Curve,
  dataBlock,
  element,
  figure,
  type Look,
  legend,
  linePlot,
  type Markup,
  number,
  pageOf,
  rangeScale,
  tableMarkup,
  text,
} from "../../report/index.js";
import type { SweepReport } from "../evaluation/sweep-report.js";
import { changeText, intervalText, measureTitle, pText } from "./evaluation.js";
import { formatMs } from "./numbers.js";

type Point = SweepReport["points"][number];

const tones = ["blue", "own", "teal", "violet", "gold", "grey"];
const shapes: readonly Look["shape"][] = ["circle", "square", "diamond", "triangle"];
/** More bars are not looked at. */
const MOST_BARS = 24;

export function sweepPage({ command, date, report }: { command: string; date: Date; report: SweepReport }): string {
  const { collection, points, best, measure } = report;
  const axes = Object.keys(points[0]?.settings ?? {});
  const numeric = axes.filter(
    (axis) => valuesOf(points, axis).length > 1 && points.every((p) => typeof p.settings[axis] === "number"),
  );
  const header = [
    element("h1", {}, `Settings tried on ${collection}`),
    element(
      "p",
      {},
      `Best by ${measureTitle(measure)}: ${best.stage}. What is best among many on the same queries looks better than it is; ` +
        "hold it against queries of another split before it is believed.",
    ),
    element("p", { class: "facts" }, `${date.toISOString().slice(0, 10)}. `, element("code", {}, command)),
  ];
  const main = [
    numeric.map((axis) => axisSection(report, axis, axes)),
    numeric.length < axes.length && barsSection(report),
    element("section", {}, element("h3", {}, "All points"), tableMarkup(pointsTable(report))),
  ];
  return pageOf({
    title: "Lodestone: settings tried",
    header,
    main,
    footer: ["The figures lie in this page as JSON.", dataBlock(report)],
  });
}

/** Quality along one axis, a curve for each combination of the others; the dotted line is the settings as they are. */
function axisSection({ points, measure, default: asItIs }: SweepReport, axis: string, axes: readonly string[]): Markup {
  const others = axes.filter((name) => name !== axis);
  const families = new Map<string, Point[]>();
  for (const point of points) {
    const name = others.map((other) => `${other}=${point.settings[other]}`).join(" ") || axis;
    families.set(name, [...(families.get(name) ?? []), point]);
  }
  const peak = (family: readonly Point[]) => Math.max(...family.map((point) => point.measures[measure] ?? 0));
  // In a star most combinations have one point on this axis, which makes no curve.
  const whole = [...families].filter(([, family]) => valuesOf(family, axis).length > 1);
  const shown = whole.sort(([, a], [, b]) => peak(b) - peak(a)).slice(0, tones.length);
  const xOf = (point: Point) => Number(point.settings[axis]);
  const xs = valuesOf(points, axis).map(Number);
  const reference = asItIs.measures[measure] ?? 0;
  const curves = shown.map(
    ([name, family], i): Curve => ({
      look: { name, tone: tones[i]!, shape: shapes[i % shapes.length]!, dash: "solid" },
      points: family
        .toSorted((a, b) => xOf(a) - xOf(b))
        .map((point) => {
          const y = point.measures[measure] ?? 0;
          return { x: xOf(point), y, tip: `${point.stage}: ${y.toFixed(4)}, p50 ${formatMs(point.p50Ms ?? 0)}` };
        }),
    }),
  );
  const asItIsLook: Look = { name: asItIs.stage, tone: "grey", shape: "square", dash: "dotted" };
  curves.push({
    look: asItIsLook,
    points: [Math.min(...xs), Math.max(...xs)].map((x) => ({
      x,
      y: reference,
      tip: `${asItIs.stage}: ${reference.toFixed(4)}`,
    })),
  });
  const ys = curves.flatMap((curve) => curve.points.map(({ y }) => y));
  return element(
    "section",
    {},
    element("h3", {}, axis),
    whole.length > shown.length &&
      element("p", {}, `The ${shown.length} best of ${whole.length} combinations of the other axes.`),
    element("figure", {}, [
      ...linePlot({
        summary: `${measureTitle(measure)} by ${axis}; the table below has the figures.`,
        xTitle: axis,
        yTitle: measureTitle(measure),
        hint: "higher is better",
        curves: curves.map((curve) =>
          curve.look === asItIsLook || shown.length === 1 ? curve : { ...curve, look: { ...curve.look, name: "" } },
        ),
        xScale: (from, to) => rangeScale(xs, from, to, figure.digits),
        yScale: (from, to) => rangeScale(ys, from, to, (value) => Number(value.toFixed(6)).toString()),
      }),
      shown.length > 1 ? legend(curves.map(({ look }) => look)) : element("span", {}),
    ]),
  );
}

function barsSection({ points, measure, default: asItIs }: SweepReport): Markup {
  const best = points.toSorted((a, b) => (b.measures[measure] ?? 0) - (a.measures[measure] ?? 0)).slice(0, MOST_BARS);
  const title = points.length > best.length ? `The ${best.length} best points` : "All points, the best first";
  const groups = [...best, asItIs].map((point) => {
    const value = point.measures[measure] ?? 0;
    const interval = point.intervals[measure];
    const tone = point === asItIs ? "grey" : "blue";
    return { name: point.stage, tone, bars: [{ value, text: value.toFixed(3), ...(interval ? { interval } : {}) }] };
  });
  return element(
    "section",
    {},
    element("h3", {}, title),
    element("figure", {}, barPlot(title, [measureTitle(measure)], groups)),
  );
}

function pointsTable({ points, measure, default: asItIs, best }: SweepReport) {
  const measures = Object.keys(asItIs.measures);
  return {
    title: "All points",
    columns: [
      text("settings"),
      ...measures.map((name) => number(measureTitle(name))),
      ...[`95 % of ${measureTitle(measure)}`, "change", "p", "p50"].map(number),
    ],
    rows: [asItIs, ...points].map((point) => ({
      kind: point.stage === best.stage ? ("ours" as const) : ("peer" as const),
      cells: [
        point.stage,
        ...measures.map((name) => (point.measures[name] ?? 0).toFixed(3)),
        intervalText(point.intervals[measure]),
        changeText(point.comparison),
        pText(point.comparison),
        formatMs(point.p50Ms ?? 0),
      ],
    })),
  };
}

function valuesOf(points: readonly Point[], axis: string) {
  return [...new Set(points.map(({ settings }) => settings[axis]))];
}
