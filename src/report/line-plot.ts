// Curves with marks over two scales, drawn as SVG. Drawn twice, for wide and for narrow windows, so that words keep their size.

import { type Look, mark } from "./mark.js";
import { element, type Markup } from "./markup.js";
import type { Scale } from "./scale.js";

export type PlotPoint = { x: number; y: number; tip: string; isHollow?: boolean };
export type Curve = { look: Look; points: readonly PlotPoint[] };

export type LinePlot = {
  /** Told to those who cannot see it. */
  summary: string;
  xTitle: string;
  yTitle: string;
  /** Where good figures are. */
  hint: string;
  curves: readonly Curve[];
  xScale(from: number, to: number): Scale;
  yScale(from: number, to: number): Scale;
};

type Size = { width: number; height: number; left: number; right: number; name: "wide" | "narrow" };

const wide: Size = { width: 780, height: 420, left: 62, right: 150, name: "wide" };
const narrow: Size = { width: 360, height: 360, left: 52, right: 12, name: "narrow" };
const top = 30;
const bottom = 46;
const labelHeight = 15;
const tickWidth = 36;

export function linePlot(plot: LinePlot): Markup[] {
  return [drawn(plot, wide), drawn(plot, narrow)];
}

function drawn(plot: LinePlot, size: Size): Markup {
  const { width, height, left, right, name } = size;
  const [plotRight, plotBottom] = [width - right, height - bottom];
  const x = plot.xScale(left, plotRight);
  const y = plot.yScale(plotBottom, top);
  const roomy = apart(x, tickWidth);
  const grid = [
    x.ticks.map(({ value, label }) => [
      element("path", { class: "grid", d: `M${round(x.at(value))} ${top}V${plotBottom}` }),
      roomy.has(value) &&
        element("text", { class: "tick", x: x.at(value), y: plotBottom + 16, "text-anchor": "middle" }, label),
    ]),
    y.ticks.map(({ value, label }) => [
      element("path", { class: "grid", d: `M${left} ${round(y.at(value))}H${plotRight}` }),
      element("text", { class: "tick", x: left - 6, y: y.at(value) + 4, "text-anchor": "end" }, label),
    ]),
  ];
  const titles = [
    element("text", { class: "axis", x: (left + plotRight) / 2, y: height - 8, "text-anchor": "middle" }, plot.xTitle),
    element("text", { class: "axis", x: 2, y: 14 }, plot.yTitle),
    element("text", { class: "hint", x: plotRight, y: 14, "text-anchor": "end" }, plot.hint),
  ];
  const curves = plot.curves.map(({ look, points }) => {
    const placed = points.map((point) => ({ ...point, px: x.at(point.x), py: y.at(point.y) }));
    const line = placed.map(({ px, py }, i) => `${i === 0 ? "M" : "L"}${round(px)} ${round(py)}`).join("");
    return element(
      "g",
      {},
      placed.length > 1 && element("path", { class: `line ${look.tone} ${look.dash}`, d: line }),
      placed.map(({ px, py, tip, isHollow }) => mark(look, px, py, tip, isHollow)),
    );
  });
  const labels = name === "wide" ? directLabels(plot.curves, x, y, plotRight + 8, plotBottom) : [];
  return element(
    "svg",
    { class: `plot ${name}`, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": plot.summary },
    grid,
    titles,
    labels,
    curves,
  );
}

/** Ticks whose labels stand at least `gap` apart; the last is among them. */
function apart({ ticks, at }: Scale, gap: number): Set<number> {
  const kept = new Set<number>();
  let next = Number.POSITIVE_INFINITY;
  for (const { value } of ticks.toReversed()) {
    if (next - at(value) < gap) continue;
    kept.add(value);
    next = at(value);
  }
  return kept;
}

/** The name of each curve that has one at its right end, moved apart where they would lie on each other, and tied to the end by a line. */
function directLabels(curves: readonly Curve[], x: Scale, y: Scale, labelX: number, plotBottom: number): Markup[] {
  const ends = curves.flatMap(({ look, points }) => {
    if (look.name === "") return [];
    const last = points.reduce<PlotPoint | undefined>(
      (best, point) => (best && x.at(best.x) > x.at(point.x) ? best : point),
      undefined,
    );
    return last ? [{ look, px: x.at(last.x), py: y.at(last.y), at: y.at(last.y) }] : [];
  });
  for (const [i, place] of spread(
    ends.map(({ py }) => py),
    labelHeight,
    top,
    plotBottom,
  ).entries())
    ends[i]!.at = place;
  return ends.map(({ look, px, py, at }) =>
    element(
      "g",
      { class: `label ${look.tone}` },
      element("path", { class: "tie", d: `M${round(px + 6)} ${round(py)}L${round(labelX - 3)} ${round(at)}` }),
      element("text", { x: labelX, y: at + 4 }, look.name),
    ),
  );
}

/** Places as near as can be to those wanted, at least `gap` apart and between `low` and `high` while there is room. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = [...wanted];
  let least = low;
  for (const i of order) {
    places[i] = Math.max(places[i]!, least);
    least = places[i]! + gap;
  }
  let most = high;
  for (const i of order.toReversed()) {
    places[i] = Math.min(places[i]!, most);
    most = places[i]! - gap;
  }
  return places;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
