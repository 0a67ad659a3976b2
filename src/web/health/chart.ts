// The geometry of a chart of the last hour: lines that break where nothing was asked, in a box of fixed numbers.

export type Series = { name: string; kind: string; values: readonly (number | null)[] };

export const chartWidth = 600;
export const chartHeight = 120;

/** A round number at or above the largest value, so that lines do not touch the top; 1 where there is nothing. */
export function ceilingOf(series: readonly Series[], least = 0): number {
  const largest = Math.max(least, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  if (largest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.5, 2, 3, 4, 5, 7.5, 10].find((candidate) => candidate * power >= largest) ?? 10;
  return step * power;
}

export function xOf(index: number, count: number): number {
  return count < 2 ? chartWidth : (index / (count - 1)) * chartWidth;
}

export function yOf(value: number, ceiling: number): number {
  return chartHeight - (Math.min(value, ceiling) / ceiling) * chartHeight;
}

/** The line of a series as SVG path data; a minute between two without queries is a dot's worth of line. */
export function pathOf(values: readonly (number | null)[], ceiling: number): string {
  const parts: string[] = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const [x, y] = [xOf(i, values.length).toFixed(1), yOf(value, ceiling).toFixed(1)];
    const isFirst = (values[i - 1] ?? null) === null;
    if (!isFirst) parts.push(`L${x} ${y}`);
    else parts.push((values[i + 1] ?? null) === null ? `M${x} ${y}h0.01` : `M${x} ${y}`);
  });
  return parts.join("");
}

/** The last minute with queries up to `index`; undefined where there is none. */
export function lastKnown(series: readonly Series[], index: number): number | undefined {
  for (let i = index; i >= 0; i--) if (series.some(({ values }) => (values[i] ?? null) !== null)) return i;
  return undefined;
}
