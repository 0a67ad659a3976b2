// Says, quietly, that an answer was given without one of its stages, and why.
import type { SearchResponse } from "../api/search.js";
import { Icon } from "./icon.js";

const consequences: Record<string, (answer: Props) => string> = {
  embed: () => "Found by words only, without meaning",
  dense: () => "Found by words only, without meaning",
  sparse: () => "Without related words",
  rerank: ({ rerankDepth }) =>
    rerankDepth > 0 ? `Only the best ${rerankDepth} passages are reranked` : "In fused order, without reranking",
};

type Props = Pick<SearchResponse, "degraded" | "rerankDepth">;

export function DegradedNotice(answer: Props) {
  const { degraded } = answer;
  if (degraded.length === 0) return null;
  return (
    <ul class="notice" aria-label="Degraded answer">
      {degraded.map(({ stage, reason }) => (
        <li key={stage}>
          <Icon name="notice" />
          <span>
            {consequences[stage]?.(answer) ?? `Without the stage ${stage}`}: {reason}
          </span>
        </li>
      ))}
    </ul>
  );
}
