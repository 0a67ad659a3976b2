// The rank ladder drawn: faint lines for all hits, one strong line for the chosen hit.
import type { Hit } from "../api/search.js";
import type { LadderHit } from "../explain/rank-ladder.js";
import { rankLadder } from "../explain/rank-ladder.js";
import { stageName } from "../explain/stage-name.js";

const width = 400;
const height = 252;
const area = { left: 44, right: 372, top: 46, bottom: 234 };

type Props = { hits: readonly Hit[]; chosenId: string; story: string };

export function RankLadder({ hits, chosenId, story }: Props) {
  const ladder = rankLadder(hits, area);
  const chosen = ladder.hits.find(({ id }) => id === chosenId);
  return (
    <svg class="ladder" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Rank in each stage. ${story}`}>
      {ladder.ticks.map(({ rank, y }) => (
        <g key={rank}>
          <line class="ladder-grid" x1={area.left} x2={area.right} y1={y} y2={y} />
          <text class="ladder-tick" x={area.left - 14} y={y} dy="0.35em">
            {rank}
          </text>
        </g>
      ))}
      <line class="ladder-floor" x1={area.left} x2={area.right} y1={ladder.floorY} y2={ladder.floorY} />
      <text class="ladder-tick" x={area.left - 14} y={ladder.floorY} dy="0.35em">
        none
      </text>
      {ladder.columns.map(({ stage, x }) => (
        <text key={stage} class={`ladder-stage stage-${stage}`} x={x} y={14}>
          {stageName(stage)}
        </text>
      ))}
      {ladder.hits
        .filter(({ id }) => id !== chosenId)
        .map((hit) => (
          <HitPath key={hit.id} hit={hit} kind="faint" />
        ))}
      {chosen !== undefined && <HitPath hit={chosen} kind="chosen" />}
    </svg>
  );
}

function HitPath({ hit, kind }: { hit: LadderHit; kind: "faint" | "chosen" }) {
  return (
    <g class={`ladder-hit ${kind}`}>
      {hit.lines.map(({ from, to }) => {
        const middle = (from.x + to.x) / 2;
        const curve = `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
        return <path key={`${from.stage} ${to.stage}`} class={`ladder-line stage-${from.stage}`} d={curve} />;
      })}
      {hit.points
        .filter(({ rank }) => kind === "chosen" || rank !== undefined)
        .map(({ stage, rank, x, y }) => (
          <g key={stage}>
            <circle
              class={`ladder-point stage-${stage} ${rank === undefined ? "missing" : "ranked"}`}
              cx={x}
              cy={y}
              r={kind === "chosen" ? 5 : 2}
            />
            {kind === "chosen" && rank !== undefined && (
              <text class="ladder-rank" x={x} y={y - 11}>
                {rank}
              </text>
            )}
          </g>
        ))}
    </g>
  );
}
