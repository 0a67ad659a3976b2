// Geometry of the rank ladder: one column a stage, one point a hit, the best rank on top. Ranks are on a logarithmic scale,
// because the way from 1 to 3 matters as much as the way from 60 to 180. The lists, words and meaning and related words, all lead to the
// fused order: the drawing has a fork there and a line from then on.
import type { Hit, HitExplanation } from "../api/search.js";

export type LadderStage = "lexical" | "dense" | "sparse" | "fused" | "rerank" | "final";

/** `rank` undefined: the stage did not have this hit; the point lies on the floor below the last rank. */
export type LadderPoint = { stage: LadderStage; rank: number | undefined; x: number; y: number };
export type LadderLine = { from: LadderPoint; to: LadderPoint };
export type LadderHit = { id: string; points: LadderPoint[]; lines: LadderLine[] };

export type Ladder = {
  columns: { stage: LadderStage; x: number }[];
  ticks: { rank: number; y: number }[];
  floorY: number;
  hits: LadderHit[];
};

type Area = { left: number; right: number; top: number; bottom: number };

const inOrder: readonly LadderStage[] = ["lexical", "dense", "sparse", "fused", "rerank", "final"];
const roundRanks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

export function rankLadder(hits: readonly Hit[], area: Area): Ladder {
  const explained = hits.flatMap(({ id, explain }) => (explain === undefined ? [] : [{ id, explain }]));
  const stages = inOrder.filter((stage) => explained.some(({ explain }) => explain[stage] !== undefined));
  const worst = Math.max(10, ...explained.flatMap(({ explain }) => stages.map((stage) => rankIn(explain, stage) ?? 1)));
  const lastRankY = area.bottom - (area.bottom - area.top) * 0.12;
  const xOf = (stage: LadderStage) =>
    area.left + ((area.right - area.left) * stages.indexOf(stage)) / Math.max(1, stages.length - 1);
  const yOf = (rank: number | undefined) =>
    rank === undefined ? area.bottom : area.top + ((lastRankY - area.top) * Math.log(rank)) / Math.log(worst);
  const pointOf = (explain: HitExplanation, stage: LadderStage): LadderPoint => {
    const rank = rankIn(explain, stage);
    return { stage, rank, x: xOf(stage), y: yOf(rank) };
  };
  return {
    columns: stages.map((stage) => ({ stage, x: xOf(stage) })),
    ticks: roundRanks.filter((rank) => rank <= worst).map((rank) => ({ rank, y: yOf(rank) })),
    floorY: area.bottom,
    hits: explained.map(({ id, explain }) => {
      const points = stages.map((stage) => pointOf(explain, stage));
      return { id, points, lines: linesThrough(points) };
    }),
  };
}

// Both lists lead to the fused order, so "dense" follows "lexical" on the page but no line joins them.
function linesThrough(points: readonly LadderPoint[]): LadderLine[] {
  const fused = points.findIndex(({ stage }) => stage === "fused");
  const lists = points.slice(0, fused);
  const orders = points.slice(fused);
  const [first] = orders;
  if (first === undefined) return [];
  return [
    ...lists.filter(({ rank }) => rank !== undefined).map((from) => ({ from, to: first })),
    ...orders.slice(1).flatMap((to, index) => {
      const from = orders[index];
      return from === undefined || to.rank === undefined ? [] : [{ from, to }];
    }),
  ];
}

function rankIn(explain: HitExplanation, stage: LadderStage): number | undefined {
  return explain[stage]?.rank;
}
