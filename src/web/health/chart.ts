// What a chart over time shows, apart from its drawing: its values as columns, what changed meanwhile, and which point is read. Points
// are the minutes of the last hour, or ends of ingests.
import type { Change } from "./health-words.js";

/** "first" and "second" are the colours of lines. */
export type Series = { name: string; kind: "first" | "second"; values: readonly (number | null)[] };

/** Something that changed during the hour, and the minute in which it did. */
export type Mark = { atSeconds: number; minute: number; kind: Change["kind"]; text: string };

const minuteMs = 60_000;

/** Seconds since 1970 and the values of each series: a point without a value is a gap. */
export function columnsOf(times: readonly string[], series: readonly Series[]): [number[], ...(number | null)[][]] {
  return [times.map((time) => Date.parse(time) / 1000), ...series.map(({ values }) => [...values])];
}

/** Of `changes` those within the hour that begins with the first of `times` and ends with the last, in order of time. */
export function marksOf(changes: readonly Change[], times: readonly string[]): Mark[] {
  const starts = times.map((time) => Date.parse(time));
  const [first = Number.POSITIVE_INFINITY, last = 0] = [starts[0], starts.at(-1)];
  return changes
    .map(({ at, kind, text }) => ({ atMs: Date.parse(at), kind, text }))
    .filter(({ atMs }) => atMs >= first && atMs < last + minuteMs)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, kind, text }) => {
      const minute = starts.findLastIndex((start) => start <= atMs);
      // The running minute is the last point of the chart.
      return { atSeconds: Math.min(atMs, last) / 1000, minute, kind, text };
    });
}

/** Marks are narrow: those of the minutes beside the one that is read count as pointed at, where it has none of its own. */
export function marksAt(marks: readonly Mark[], minute: number): Mark[] {
  const within = (minutes: number) => marks.filter((mark) => Math.abs(mark.minute - minute) <= minutes);
  const own = within(0);
  return own.length > 0 ? own : within(1);
}

/** The last point with a value up to `index`; undefined where there is none. */
export function lastKnown(series: readonly Series[], index: number): number | undefined {
  for (let i = index; i >= 0; i--) if (series.some(({ values }) => (values[i] ?? null) !== null)) return i;
  return undefined;
}

/** Points with a value between two without: a line has no length there, so they are drawn as dots. */
export function aloneAmong(values: ArrayLike<number | null | undefined>): number[] {
  const isKnown = (i: number) => (values[i] ?? null) !== null;
  const isAlone = (i: number) => isKnown(i) && !isKnown(i - 1) && !isKnown(i + 1);
  return Array.from(values, (_, i) => i).filter(isAlone);
}

const pagePoints = 10;

/** The point that a key leads to from `point`, as a slider does; undefined for keys that mean nothing to it. */
export function pointByKey(key: string, point: number, last: number): number | undefined {
  const to = {
    ArrowLeft: point - 1,
    ArrowRight: point + 1,
    PageDown: point - pagePoints,
    PageUp: point + pagePoints,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(last, to));
}
