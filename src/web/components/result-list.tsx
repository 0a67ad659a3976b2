// The results in their order, and the way to more of them.
import type { Answer } from "../search/search-session.js";
import { formatCount } from "../text/numbers.js";
import type { HitActions } from "./hit-item.js";
import { HitItem } from "./hit-item.js";

type Props = {
  answer: Answer;
  isBusy: boolean;
  isExtending: boolean;
  chosenId: string | undefined;
  isExplaining: boolean;
  actions: HitActions;
  onExtend(): void;
};

export function ResultList({ answer, isBusy, isExtending, chosenId, isExplaining, actions, onExtend }: Props) {
  const left = answer.response.candidates - answer.hits.length;
  return (
    <div class={isBusy ? "results busy" : "results"} data-place="results" aria-busy={isBusy}>
      <ol class="hits">
        {answer.hits.map((hit) => (
          <HitItem
            key={hit.id}
            hit={hit}
            selected={hit.id === chosenId}
            explaining={isExplaining && hit.id === chosenId}
            actions={actions}
          />
        ))}
      </ol>
      {!answer.exhausted && left > 0 && (
        <button type="button" class="button more" disabled={isExtending} onClick={onExtend}>
          {isExtending ? "Loading" : `Show more (${answer.hits.length} of ${formatCount(answer.response.candidates)})`}
        </button>
      )}
    </div>
  );
}
