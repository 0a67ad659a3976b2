// What stands in the middle of the page, whatever the state: overview, results, nothing found, an error, or a wait.
import type { Library } from "../hooks/use-library.js";
import type { SearchState } from "../search/search-session.js";
import { shownIn } from "../search/search-session.js";
import type { SearchView } from "../search/search-view.js";
import { plural } from "../text/numbers.js";
import { CorrectionsNotice } from "./corrections-notice.js";
import { DegradedNotice } from "./degraded-notice.js";
import { EmptyLibrary } from "./empty-library.js";
import { FailureNotice } from "./failure-notice.js";
import type { HitActions } from "./hit-item.js";
import { IngestNotice } from "./ingest-notice.js";
import { NoResults } from "./no-results.js";
import { Overview } from "./overview.js";
import { ResultList } from "./result-list.js";
import { ResultSummary } from "./result-summary.js";
import { Skeleton } from "./skeleton.js";

type Props = {
  state: SearchState;
  view: SearchView;
  library: Library;
  chosenId: string | undefined;
  isExplaining: boolean;
  actions: HitActions;
  onView(view: SearchView): void;
  onExplain(): void;
  onExtend(): void;
  onRetry(): void;
};

export function SearchOutcome(props: Props) {
  const { status } = props.library;
  return (
    <>
      <p class="visually-hidden" role="status">
        {announcement(props.state)}
      </p>
      {status !== undefined && <IngestNotice ingest={status.ingest} />}
      {props.state.kind === "idle" ? <BeforeSearch {...props} /> : <AfterSearch {...props} />}
    </>
  );
}

function BeforeSearch({ library, view, onView }: Props) {
  const { status, facets, failure, refresh } = library;
  if (status !== undefined && status.library.documents === 0) return <EmptyLibrary status={status} />;
  if (status !== undefined && facets !== undefined) {
    return <Overview status={status} facets={facets} view={view} onView={onView} />;
  }
  return failure === undefined ? <Skeleton /> : <FailureNotice failure={failure} onRetry={refresh} />;
}

function AfterSearch({ state, view, library, chosenId, isExplaining, actions, ...on }: Props) {
  if (state.kind === "failed") {
    const retry = () => {
      library.refresh();
      on.onRetry();
    };
    return <FailureNotice failure={state.failure} onRetry={retry} />;
  }
  const answer = shownIn(state);
  if (answer === undefined) return <Skeleton />;
  if (answer.hits.length === 0) {
    if (library.status?.library.documents === 0) return <EmptyLibrary status={library.status} />;
    return (
      <>
        <DegradedNotice {...answer.response} />
        <CorrectionsNotice corrections={answer.response.corrections} />
        <NoResults view={{ ...view, query: answer.request.query }} onView={on.onView} />
      </>
    );
  }
  return (
    <>
      <ResultSummary
        response={answer.response}
        view={view}
        isExplaining={isExplaining}
        onView={on.onView}
        onExplain={on.onExplain}
      />
      <DegradedNotice {...answer.response} />
      <CorrectionsNotice corrections={answer.response.corrections} />
      <ResultList
        answer={answer}
        isBusy={state.kind === "asking"}
        isExtending={state.kind === "extending"}
        chosenId={chosenId}
        isExplaining={isExplaining}
        actions={actions}
        onExtend={on.onExtend}
      />
    </>
  );
}

function announcement(state: SearchState): string {
  switch (state.kind) {
    case "idle":
    case "asking":
    case "extending":
      return "";
    case "failed":
      return "The search failed";
    case "answered": {
      const { hits, response } = state.shown;
      if (hits.length === 0) return "Nothing found";
      return `${plural(response.candidates, "document")} found, ${hits.length} shown`;
    }
    default:
      return state satisfies never;
  }
}
