// One result: where it lies, what it is called, the passage that matched, and what more can be asked about it.
import { useState } from "preact/hooks";
import type { Hit } from "../api/search.js";
import type { DocumentRoute } from "../search/document-route.js";
import { formatDocumentRoute } from "../search/document-route.js";
import { headingTrail } from "../text/heading-trail.js";
import { mediaTypeName } from "../text/media-type-name.js";
import { plural } from "../text/numbers.js";
import { Breadcrumbs } from "./breadcrumbs.js";
import { DateText } from "./date-text.js";
import { HeadingTrail } from "./heading-trail.js";
import { HitDetails } from "./hit-details.js";
import { Icon } from "./icon.js";
import { MarkedText } from "./marked-text.js";
import { ScoreBar } from "./score-bar.js";

export type HitActions = {
  open(route: DocumentRoute): void;
  /** A hit was opened, here or in another tab. */
  noteOpened(id: string): void;
  explain(id: string): void;
  select(id: string): void;
  chooseFolder(folder: string): void;
};

type Props = { hit: Hit; selected: boolean; explaining: boolean; actions: HitActions };

export function HitItem({ hit, selected, explaining, actions }: Props) {
  const [isDetailed, setDetailed] = useState(false);
  const route = { id: hit.id, passage: { start: hit.chunk.start, end: hit.chunk.end } };
  const further = hit.matchingChunks - 1;
  const open = (event: MouseEvent) => {
    actions.noteOpened(hit.id);
    // A click with a modifier asks the browser for a new tab or window.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    actions.open(route);
  };
  return (
    <li class={selected ? "hit selected" : "hit"} data-hit={hit.id} onFocusCapture={() => actions.select(hit.id)}>
      <div class="hit-place">
        {hit.path !== undefined && <Breadcrumbs path={hit.path} onFolder={actions.chooseFolder} />}
        <ScoreBar score={hit.score} />
      </div>
      <h2 class="hit-title">
        <a
          class="hit-link"
          href={formatDocumentRoute(route)}
          onClick={open}
          onAuxClick={(event) => event.button === 1 && actions.noteOpened(hit.id)}
        >
          {hit.title}
        </a>
      </h2>
      <HeadingTrail headings={headingTrail(hit.title, hit.headingPath)} />
      <p class="hit-snippet">
        <MarkedText text={hit.snippet.text} highlights={hit.snippet.highlights} />
      </p>
      <div class="hit-foot">
        <span class="badge">{mediaTypeName(hit.type)}</span>
        {hit.modifiedAt !== undefined && <DateText iso={hit.modifiedAt} />}
        {further > 0 && <span class="further">{plural(further, "more passage")}</span>}
        <span class="hit-tools">
          <button type="button" class="quiet" aria-expanded={isDetailed} onClick={() => setDetailed(!isDetailed)}>
            <Icon name="details" />
            Details
          </button>
          <button
            type="button"
            class="quiet"
            aria-pressed={explaining}
            onClick={() => actions.explain(hit.id)}
            title="How this was ranked ( e )"
          >
            <Icon name="ladder" />
            Explain
          </button>
        </span>
      </div>
      {isDetailed && <HitDetails hit={hit} />}
    </li>
  );
}
