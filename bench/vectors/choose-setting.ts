// Matched recall: which setting of a system is compared with the others'. Chosen on the check half of the queries, so that the
// figures of the held half are of queries that had no say in it.

import { isSameSearch, type Point, type Searched, type SystemResult } from "./result.js";
import type { Setting } from "./systems/system.js";

export type Choice = { point: Point; reaches: boolean };

/**
 * The point with the lowest median wait of those that reach `recall`; where none does, the one of highest recall.
 * Undefined where nothing was measured.
 */
export function cheapestReaching(points: readonly Point[], recall: number): Choice | undefined {
  const reaching = points.filter(({ check }) => check.recall >= recall);
  if (reaching.length > 0) {
    return { point: best(reaching, ({ check }) => -check.waited.p50Ms), reaches: true };
  }
  return points.length > 0 ? { point: best(points, ({ check }) => check.recall), reaches: false } : undefined;
}

export function pointsOf({ points }: SystemResult, k: number, searched: Searched): Point[] {
  return points.filter((point) => point.k === k && isSameSearch(point.searched, searched));
}

/** By curve, in the order of the settings. */
export function curvesOf(points: readonly Point[]): Map<string, Point[]> {
  return grouped(points, ({ setting }) => setting.family);
}

export function byFamily(settings: readonly Setting[]): Map<string, Setting[]> {
  return grouped(settings, ({ family }) => family);
}

export function isSameSetting(a: Setting, b: Setting): boolean {
  return a.family === b.family && a.label === b.label;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function best<T>(items: readonly T[], value: (item: T) => number): T {
  return items.reduce((first, second) => (value(second) > value(first) ? second : first));
}
