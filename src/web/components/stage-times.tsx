// Where a search's time went: one bar, and each stage with its milliseconds and how many candidates it left.
import type { SearchResponse } from "../api/search.js";
import { stageName } from "../explain/stage-name.js";
import { stageShares } from "../explain/stage-shares.js";
import { formatCount, formatMs } from "../text/numbers.js";

export function StageTimes({ response }: { response: SearchResponse }) {
  const shares = stageShares(response.stages);
  return (
    <div class="times">
      <svg class="times-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        {shares.map(({ name, start, share }) => (
          <rect key={name} class={`time-${name}`} x={1000 * start} width={1000 * share} height="10" />
        ))}
      </svg>
      <table class="times-table">
        <tbody>
          {shares.map(({ name, ms, candidates }) => (
            <tr key={name}>
              <th scope="row">
                <span class={`swatch time-${name}`} />
                {stageName(name)}
              </th>
              <td class="number">{formatMs(ms)}</td>
              <td class="number">{name === "embed" ? "" : formatCount(candidates)}</td>
            </tr>
          ))}
          <tr class="times-total">
            <th scope="row">On the clock</th>
            <td class="number">{formatMs(response.tookMs)}</td>
            <td class="number">candidates</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
