// The chosen hit in each stage: rank, the stage's own score, and how that score compares there.
import type { HitExplanation } from "../api/search.js";
import { stageName } from "../explain/stage-name.js";
import { stageRows } from "../explain/stage-rows.js";
import { formatScore } from "../text/numbers.js";

type Props = { explanation: HitExplanation; all: readonly HitExplanation[] };

export function StageTable({ explanation, all }: Props) {
  return (
    <table class="stages">
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col" class="number">
            Rank
          </th>
          <th scope="col" class="number">
            Score
          </th>
          <th scope="col">
            <span class="visually-hidden">Compared with the others</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {stageRows(explanation, all).map(({ stage, rank, measure, score, bar }) => (
          <tr key={stage} class={`stage-${stage}`}>
            <th scope="row">
              <span class="swatch" />
              {stageName(stage)}
              <span class="measure">{measure}</span>
            </th>
            {rank === undefined ? (
              <td colSpan={3} class="absent">
                not in this list
              </td>
            ) : (
              <>
                <td class="number">{rank}</td>
                <td class="number">{formatScore(score)}</td>
                <td>
                  <svg class="stage-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="stage-track" width="100" height="6" />
                    <rect class="stage-fill" width={100 * bar} height="6" />
                  </svg>
                </td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
