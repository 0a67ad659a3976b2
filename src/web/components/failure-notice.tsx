// Shown in place of what could not be had: what went wrong, what to do, and a button to try again.
import type { Failure } from "../api/request.js";

export function FailureNotice({ failure, onRetry }: { failure: Failure; onRetry(): void }) {
  return (
    <section class="state failure" aria-label="Error">
      {failure.kind === "unreachable" ? (
        <>
          <h2 class="state-title">The server cannot be reached</h2>
          <p>
            It may have been stopped. Start it again with <code>npx lodestone serve</code>.
          </p>
        </>
      ) : (
        <>
          <h2 class="state-title">{failure.title}</h2>
          {failure.detail !== undefined && <p>{failure.detail}</p>}
          <p class="state-code">
            {[failure.code, failure.status > 0 ? `status ${failure.status}` : undefined].filter(Boolean).join(", ")}
          </p>
        </>
      )}
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    </section>
  );
}
