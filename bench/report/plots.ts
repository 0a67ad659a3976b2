// The plots of a scenario.

import {
  type Bar,
  barPlot,
  type Curve,
  figure,
  legend,
  linePlot,
  logScale,
  type Markup,
} from "../../src/report/index.js";
import { curvesOf, pointsOf } from "../vectors/choose-setting.js";
import type { ScenarioResult, Searched } from "../vectors/result.js";
import { recallScale } from "./recall-scale.js";
import { lookOf } from "./series.js";
import { chosenFor } from "./tables.js";

const all: Searched = { kind: "all" };
/** What finds less is of no use to anyone, and would press the rest together. */
const leastRecall = 0.8;

export function recallPlot({ systems, title }: ScenarioResult, k: number): Markup[] {
  const curves = systems.flatMap((system): Curve[] =>
    [...curvesOf(pointsOf(system, k, all))].flatMap(([family, points]): Curve[] => {
      const look = lookOf(system, family);
      const placed = points
        .filter(({ held }) => held.recall >= leastRecall)
        .map(({ held, setting }) => ({
          x: held.recall,
          y: held.waited.p50Ms,
          tip: `${look.name}, ${setting.label}: recall ${figure.recall(held.recall)}, p50 ${figure.ms(held.waited.p50Ms)}`,
        }));
      return placed.length > 0 ? [{ look, points: placed }] : [];
    }),
  );
  const points = curves.flatMap((curve) => curve.points);
  const answers = Math.max(...systems.flatMap(({ points }) => points.map(({ held }) => held.queries * k)), 1);
  return [
    ...linePlot({
      summary: `${title}: recall@${k} against median latency; the table below has the figures.`,
      xTitle: `recall@${k}`,
      yTitle: "p50 latency",
      hint: "lower and further right is better",
      curves,
      xScale: (from, to) =>
        recallScale(
          points.map(({ x }) => x),
          answers,
          from,
          to,
        ),
      yScale: (from, to) =>
        logScale(
          points.map(({ y }) => y),
          from,
          to,
          figure.ms,
        ),
    }),
    legend(curves.map(({ look }) => look)),
  ];
}

export function filterPlot({ systems, title }: ScenarioResult): Markup[] {
  const curves = systems.flatMap((system): Curve[] => {
    const shares = [
      ...new Set(system.points.flatMap(({ searched }) => (searched.kind === "filter" ? searched.share : []))),
    ];
    // The system as a whole, with whatever setting is best for each filter.
    const look = { ...lookOf(system, system.kind === "ours" ? "auto" : system.title), name: system.title };
    const points = shares.flatMap((share) => {
      const choice = chosenFor(system, { kind: "filter", share });
      if (!choice) return [];
      const { held, setting } = choice.point;
      const tip =
        `${system.title}, ${figure.percent(share)} allowed: p50 ${figure.ms(held.waited.p50Ms)}, ` +
        `recall ${figure.recall(held.recall)} (${setting.label})`;
      return [{ x: share, y: held.waited.p50Ms, tip, isHollow: !choice.reaches }];
    });
    return points.length > 0 ? [{ look: { ...look, ...ownForm(system.name) }, points }] : [];
  });
  const points = curves.flatMap((curve) => curve.points);
  return [
    ...linePlot({
      summary: `${title}: median latency against the share of rows that a filter allows; the table below has the figures.`,
      xTitle: "rows that the filter allows",
      yTitle: "p50 latency",
      hint: "hollow: recall below 0.99",
      curves,
      xScale: (from, to) =>
        logScale(
          points.map(({ x }) => x),
          from,
          to,
          figure.percent,
        ),
      yScale: (from, to) =>
        logScale(
          points.map(({ y }) => y),
          from,
          to,
          figure.ms,
        ),
    }),
    legend(curves.map(({ look }) => look)),
  ];
}

/** Several systems of ours share a colour: shapes tell them apart. */
function ownForm(name: string): Partial<Pick<Curve["look"], "shape" | "dash">> {
  switch (name) {
    case "lodestone-graph":
      return { shape: "diamond", dash: "dotted" };
    case "lodestone-float16":
      return { shape: "square", dash: "dashed" };
    case "lodestone-int8":
      return { shape: "triangle", dash: "dotted" };
    default:
      return {};
  }
}

export function buildPlot({ systems, title }: ScenarioResult): Markup {
  return barPlot(
    `${title}: build time of each system; the table below has the figures.`,
    ["build"],
    systems.map((system) => ({
      ...nameAndTone(system),
      bars: [{ value: system.build.readyMs, text: figure.seconds(system.build.readyMs) }],
    })),
  );
}

export function memoryPlot({ systems, title }: ScenarioResult): Markup {
  const bar = (value: number | undefined): Bar | undefined =>
    value === undefined ? undefined : { value, text: figure.bytes(value) };
  return barPlot(
    `${title}: memory of each system; the table below has the figures.`,
    ["searched structure", "resident, settled", "resident, at its highest"],
    systems.map((system) => {
      const { memory, structure } = system.build;
      return {
        ...nameAndTone(system),
        bars: [
          bar(structure.memoryBytes ?? structure.diskBytes),
          bar(memory.settledBytes - memory.beforeBytes),
          bar(memory.peakBytes - memory.beforeBytes),
        ],
      };
    }),
  );
}

export function throughputPlot({ systems, title }: ScenarioResult): Markup {
  return barPlot(
    `${title}: queries per second of each system; the table below has the figures.`,
    ["one client", "8 clients"],
    systems
      .filter(({ throughput }) => throughput.length > 0)
      .map((system) => ({
        ...nameAndTone(system),
        bars: system.throughput.map(({ queriesPerSecond }) => ({
          value: queriesPerSecond,
          text: `${figure.rate(queriesPerSecond)}/s`,
        })),
      })),
  );
}

function nameAndTone(system: ScenarioResult["systems"][number]): { name: string; tone: string } {
  return { name: system.title, tone: lookOf(system, system.title).tone };
}
