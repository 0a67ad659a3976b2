// Settings to be tried: axes with their values -> points -> stages to run. A grid takes every combination; a star changes one
// axis at a time around a centre, which is one table a parameter.

import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { parseInput } from "../input/parse-input.js";
import type { Stage } from "./run-collection.js";

const settingSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Setting = z.infer<typeof settingSchema>;

const sweepSchema = z.strictObject({
  /** Values of each axis, such as {"lexicalWeight": [0.4, 0.5], "depth": [100, 200]}. */
  axes: z.record(z.string(), z.array(settingSchema).min(1)),
  /** Default "grid". */
  shape: z.enum(["grid", "star"]).default("grid"),
  /** Values of the axes that a star does not change at the time. Default: the first of each axis. */
  centre: z.record(z.string(), settingSchema).default({}),
});
export type Sweep = z.infer<typeof sweepSchema>;

export type SweepPoint = {
  /** "depth=100 lexicalWeight=0.4", axes in their order. */
  name: string;
  settings: Record<string, Setting>;
};

/** More points are a mistake: each is a run over all queries. */
const mostPoints = 10_000;

/** Checks a definition, as it is read from a file. Throws INVALID_INPUT or UNKNOWN_FIELD. */
export function parseSweep(value: unknown): Sweep {
  return parseInput(sweepSchema, value, "The sweep");
}

/** The points of a sweep, each once. Throws INVALID_INPUT for more than 10,000 or a centre off the axes. */
export function expandSweep({ axes, shape, centre }: Sweep): SweepPoint[] {
  const names = Object.keys(axes);
  const stray = Object.keys(centre).find((name) => !(name in axes));
  if (stray !== undefined) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `The sweep's centre has "${stray}", which is no axis. Axes: ${names.join(", ")}.`,
    );
  }
  const count =
    shape === "grid"
      ? names.reduce((product, name) => product * axes[name]!.length, 1)
      : names.reduce((sum, name) => sum + axes[name]!.length, 0);
  if (count > mostPoints) {
    throw new LodestoneError("INVALID_INPUT", `The sweep has ${count} points; at most ${mostPoints} are run.`);
  }
  const points = new Map<string, SweepPoint>();
  for (const settings of shape === "grid" ? grid(axes) : star(axes, centre)) {
    const name = names.map((axis) => `${axis}=${settings[axis]}`).join(" ");
    points.set(name, { name, settings });
  }
  return [...points.values()];
}

/**
 * Points in groups that share the settings of `axes`: those that need a library of their own (chunk size, model), so that
 * each is built once.
 */
export function groupPoints(points: readonly SweepPoint[], axes: readonly string[]): SweepPoint[][] {
  const groups = new Map<string, SweepPoint[]>();
  for (const point of points) {
    const key = JSON.stringify(axes.map((axis) => point.settings[axis]));
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()];
}

/** A stage a point, for `runCollection`; `open` makes the search of its settings. */
export function sweepStages(
  points: readonly SweepPoint[],
  open: (settings: SweepPoint["settings"]) => ReturnType<Stage["open"]>,
): Stage[] {
  return points.map(({ name, settings }) => ({ name, open: () => open(settings) }));
}

function* grid(axes: Sweep["axes"]): Generator<SweepPoint["settings"]> {
  const names = Object.keys(axes);
  const [name] = names;
  if (name === undefined) {
    yield {};
    return;
  }
  const { [name]: values, ...others } = axes;
  for (const value of values!) for (const rest of grid(others)) yield { [name]: value, ...rest };
}

function* star(axes: Sweep["axes"], centre: Sweep["centre"]): Generator<SweepPoint["settings"]> {
  const middle = Object.fromEntries(Object.entries(axes).map(([name, values]) => [name, centre[name] ?? values[0]!]));
  yield middle;
  for (const [name, values] of Object.entries(axes)) for (const value of values) yield { ...middle, [name]: value };
}
