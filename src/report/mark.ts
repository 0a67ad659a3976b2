// How a curve looks in plots: a colour, a shape and a dash; and its legend.

import { element, type Markup } from "./markup.js";

export type Look = {
  name: string;
  /** Class that sets --series. */
  tone: string;
  shape: "circle" | "square" | "diamond" | "triangle";
  dash: "solid" | "dashed" | "dotted";
};

/** A mark of the look's shape around (x, y), with what a pointer on it tells. */
export function mark({ shape, tone }: Look, x: number, y: number, tip: string, isHollow = false): Markup {
  const attributes = { class: `mark ${tone}${isHollow ? " hollow" : ""}` };
  const title = element("title", {}, tip);
  switch (shape) {
    case "circle":
      return element("circle", { ...attributes, cx: x, cy: y, r: 3.5 }, title);
    case "square":
      return element("rect", { ...attributes, x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4 }, title);
    case "diamond":
      return element(
        "path",
        {
          ...attributes,
          d: pathOf(
            [
              [0, -4.6],
              [4.6, 0],
              [0, 4.6],
              [-4.6, 0],
            ],
            x,
            y,
          ),
        },
        title,
      );
    case "triangle":
      return element(
        "path",
        {
          ...attributes,
          d: pathOf(
            [
              [0, -4.4],
              [4.2, 3.2],
              [-4.2, 3.2],
            ],
            x,
            y,
          ),
        },
        title,
      );
    default:
      return shape satisfies never;
  }
}

export function legend(looks: readonly Look[]): Markup {
  const sample = (look: Look) =>
    element(
      "svg",
      { width: 28, height: 12, "aria-hidden": "true" },
      element("path", { class: `line ${look.tone} ${look.dash}`, d: "M0 6H28" }),
      mark(look, 14, 6, look.name),
    );
  return element(
    "ul",
    { class: "legend" },
    looks.map((look) => element("li", {}, sample(look), look.name)),
  );
}

function pathOf(corners: readonly (readonly [number, number])[], x: number, y: number): string {
  const points = corners.map(([dx, dy]) => `${(x + dx).toFixed(2)} ${(y + dy).toFixed(2)}`);
  return `M${points.join("L")}Z`;
}
