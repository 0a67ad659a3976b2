// The two indexes of a migration side by side: a row for each figure, with both values, how long their bars are, and what changed.
import type { ArmFigures } from "../api/migration.js";
import { formatCount, formatMs, formatShare, plural } from "../text/numbers.js";

export type ComparedValue = {
  /** "–" where nothing is known. */
  text: string;
  /** Out of how many, where that is not all searches. */
  note: string | undefined;
  /** Length of the bar, 0..1. */
  bar: number;
};

export type ComparisonRow = {
  name: string;
  meaning: string;
  source: ComparedValue;
  target: ComparedValue;
  /** How the new index differs from the old one, where both are known and the difference can be seen. */
  change: { text: string; isBetter: boolean } | undefined;
};

type Figure = {
  name: string;
  meaning: string;
  valueOf(figures: ArmFigures): number | null;
  format(value: number): string;
  noteOf?(figures: ArmFigures): string | undefined;
  /** What a full bar stands for at least; it is the larger of the two values where that is more. */
  full?: number;
  /** Which of two values is the better one; undefined: neither. */
  better?: "higher" | "lower";
  /** A difference in words, without its sign. */
  formatChange?(difference: number): string;
};

const unknown = "–";

export function comparisonRows(source: ArmFigures | undefined, target: ArmFigures | undefined): ComparisonRow[] {
  // Both latencies have one scale, so that their bars can be compared as well.
  const slowestMs = Math.max(source?.latency?.p95Ms ?? 0, target?.latency?.p95Ms ?? 0);
  return figures(slowestMs).map((figure) => rowOf(figure, source, target));
}

function figures(slowestMs: number): Figure[] {
  const latency = { full: slowestMs, better: "lower", format: formatMs, formatChange: formatMs } as const;
  const score = { full: 1, better: "higher", format: formatGrade, formatChange: formatGrade } as const;
  const rate = { full: 0.2, format: formatShare, formatChange: formatPoints } as const;
  return [
    {
      name: "Searches",
      meaning: "Searches that it has answered since the migration began",
      valueOf: ({ searches }) => searches,
      format: formatCount,
    },
    {
      ...score,
      name: "Confidence",
      meaning: "What the reranker thinks of the best passage, 0 to 1, on average",
      valueOf: ({ confidence }) => confidence,
    },
    {
      ...rate,
      name: "Low confidence",
      meaning: "Searches whose best passage the reranker thinks little of",
      better: "lower",
      valueOf: ({ lowConfidenceRate }) => lowConfidenceRate,
    },
    {
      ...latency,
      name: "Latency, p50",
      meaning: "Half of the searches took no longer",
      valueOf: (arm) => arm.latency?.p50Ms ?? null,
    },
    {
      ...latency,
      name: "Latency, p95",
      meaning: "Of a hundred searches, 95 took no longer",
      valueOf: (arm) => arm.latency?.p95Ms ?? null,
    },
    {
      ...rate,
      name: "Opened",
      meaning: "Searches of which a result was opened",
      better: "higher",
      valueOf: ({ clickRate }) => clickRate,
      noteOf: ({ clicks }) => (clicks === 0 ? undefined : plural(clicks, "click")),
    },
    {
      ...score,
      name: "nDCG@10",
      meaning: "Quality of the order, 0 to 1, of searches whose results were judged",
      valueOf: ({ ndcg }) => ndcg,
      noteOf: ({ graded }) => (graded === 0 ? undefined : `${formatCount(graded)} judged`),
    },
    {
      ...rate,
      name: "Failed",
      meaning: "Searches that failed",
      better: "lower",
      valueOf: ({ searches, errorRate }) => (searches === 0 ? null : errorRate),
    },
  ];
}

function rowOf(figure: Figure, source: ArmFigures | undefined, target: ArmFigures | undefined): ComparisonRow {
  const values = [source, target].map((arm) => (arm === undefined ? null : figure.valueOf(arm))) as [
    number | null,
    number | null,
  ];
  const full = Math.max(figure.full ?? 0, values[0] ?? 0, values[1] ?? 0);
  const compared = (value: number | null, arm: ArmFigures | undefined): ComparedValue => ({
    text: value === null ? unknown : figure.format(value),
    note: arm === undefined ? undefined : figure.noteOf?.(arm),
    bar: value === null || full === 0 ? 0 : value / full,
  });
  const { name, meaning } = figure;
  return {
    name,
    meaning,
    source: compared(values[0], source),
    target: compared(values[1], target),
    change: changeOf(figure, values),
  };
}

function changeOf(
  { better, format, formatChange }: Figure,
  [before, after]: [number | null, number | null],
): ComparisonRow["change"] {
  if (before === null || after === null || better === undefined || formatChange === undefined) return undefined;
  if (format(before) === format(after)) return undefined;
  const isMore = after > before;
  return {
    text: `${isMore ? "+" : "−"}${formatChange(Math.abs(after - before))}`,
    isBetter: isMore === (better === "higher"),
  };
}

// Two indexes often differ in the third place only.
function formatGrade(grade: number): string {
  return grade.toFixed(3);
}

function formatPoints(difference: number): string {
  const points = difference * 100;
  return `${points >= 9.95 ? Math.round(points) : points.toFixed(1)} points`;
}
