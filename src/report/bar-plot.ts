// Bars that lie, one group for each system, each bar with its figure. Plain HTML: it reflows by itself, and its words can be
// selected and read out. Lengths are attributes of rectangles: the page's security policy allows no style attributes.

import { element, type Markup } from "./markup.js";

export type BarGroup = { name: string; tone: string; bars: readonly (Bar | undefined)[] };
export type Bar = {
  value: number;
  text: string;
  /** Drawn as a thin line over the end of the bar. */
  interval?: { low: number; high: number };
};

/** `names`: what the bars of a group are, in order; one name needs no legend. */
export function barPlot(title: string, names: readonly string[], groups: readonly BarGroup[]): Markup {
  const most = Math.max(
    ...groups.flatMap(({ bars }) => bars.flatMap((bar) => bar?.interval?.high ?? bar?.value ?? [])),
    Number.MIN_VALUE,
  );
  const rows = groups.map(({ name, tone, bars }) =>
    element(
      "div",
      { class: "group" },
      element("div", { class: "group-name" }, name),
      element(
        "div",
        { class: `bars ${tone}` },
        bars.map((bar, i) =>
          bar === undefined
            ? undefined
            : element(
                "div",
                { class: "bar-line", title: `${name}${names.length > 1 ? `, ${names[i]}` : ""}: ${bar.text}` },
                element(
                  "svg",
                  { class: `bar nth-${i}`, width: "100%", height: 10, "aria-hidden": "true" },
                  element("rect", { class: "track", width: "100%", height: 10 }),
                  element("rect", {
                    class: "fill",
                    width: `${Math.max(0.3, (bar.value / most) * 100).toFixed(2)}%`,
                    height: 10,
                  }),
                  bar.interval &&
                    element("rect", {
                      class: "whisker",
                      x: `${((bar.interval.low / most) * 100).toFixed(2)}%`,
                      y: 4,
                      width: `${(((bar.interval.high - bar.interval.low) / most) * 100).toFixed(2)}%`,
                      height: 2,
                    }),
                ),
                element("span", { class: "bar-figure" }, bar.text),
              ),
        ),
      ),
    ),
  );
  return element(
    "div",
    { class: "bar-plot", role: "img", "aria-label": title },
    names.length > 1 &&
      element(
        "ul",
        { class: "legend own" },
        names.map((name, i) => element("li", {}, element("span", { class: `swatch nth-${i}` }), name)),
      ),
    rows,
  );
}
