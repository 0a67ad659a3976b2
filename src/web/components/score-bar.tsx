// A score of 0..1 as a short bar and a number.
import { formatScore } from "../text/numbers.js";

export function ScoreBar({ score }: { score: number }) {
  const filled = Math.min(1, Math.max(0, score));
  return (
    <span class="score" title={`Score ${score.toFixed(3)} of 1`}>
      <span class="visually-hidden">Score </span>
      <span class="score-number">{formatScore(score)}</span>
      <svg class="score-bar" viewBox="0 0 40 3" width="40" height="3" preserveAspectRatio="none" aria-hidden="true">
        <rect class="score-track" width="40" height="3" rx="1.5" />
        <rect class="score-fill" width={40 * filled} height="3" rx="1.5" />
      </svg>
    </span>
  );
}
