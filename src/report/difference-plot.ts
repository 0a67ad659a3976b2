// Differences side by side, the largest gain first: what a change helps, what it hurts, and by how much.

import { element, type Markup } from "./markup.js";

export type Difference = { value: number; tip: string };

const top = 14;
const bottom = 18;
const left = 44;

/** Every bar tells its query. Drawn twice, for wide and for narrow windows. `summary` is told to those who cannot see it. */
export function differencePlot(differences: readonly Difference[], summary: string): Markup[] {
  return [drawn(differences, summary, "wide", 780, 220), drawn(differences, summary, "narrow", 360, 200)];
}

function drawn(
  differences: readonly Difference[],
  summary: string,
  name: "wide" | "narrow",
  width: number,
  height: number,
): Markup {
  const sorted = differences.toSorted((a, b) => b.value - a.value);
  const most = Math.max(0.05, ...sorted.map(({ value }) => Math.abs(value)));
  const middle = (top + height - bottom) / 2;
  const scale = (middle - top) / most;
  const step = (width - left) / Math.max(1, sorted.length);
  const bars = sorted.map(({ value, tip }, i) => {
    const length = Math.max(Math.abs(value) * scale, 0.75);
    return element(
      "rect",
      {
        class: `difference ${value > 0 ? "gain" : value < 0 ? "loss" : "equal"}`,
        x: left + i * step,
        y: value > 0 ? middle - length : middle,
        width: Math.max(step - (step > 3 ? 1 : 0), 0.5),
        height: length,
      },
      element("title", {}, tip),
    );
  });
  const ticks = [most, 0, -most].map((value) => {
    const y = middle - value * scale;
    return [
      element("path", { class: "grid", d: `M${left} ${y}H${width}` }),
      element(
        "text",
        { class: "tick", x: left - 6, y: y + 4, "text-anchor": "end" },
        value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2),
      ),
    ];
  });
  return element(
    "svg",
    { class: `plot ${name}`, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary },
    ticks,
    bars,
  );
}
