// Why something that was asked for was not done; what was there before stays.
import type { Failure } from "../api/request.js";
import { failureWords } from "../text/failure-words.js";

export function RefusalNotice({ failure, onDismiss }: { failure: Failure; onDismiss(): void }) {
  return (
    <div class="notice refusal" role="alert">
      <span>{failureWords(failure)}</span>
      <button type="button" class="quiet" onClick={onDismiss}>
        Dismiss
      </button>
    </div>
  );
}
