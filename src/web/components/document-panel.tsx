// The open document, at the passage that was found.
import { useMemo } from "preact/hooks";
import type { Send } from "../api/request.js";
import type { Hit } from "../api/search.js";
import { useDocument } from "../hooks/use-document.js";
import type { DocumentRoute } from "../search/document-route.js";
import { matchedWords } from "../text/matched-words.js";
import { mediaTypeName } from "../text/media-type-name.js";
import { Breadcrumbs } from "./breadcrumbs.js";
import { CopyButton } from "./copy-button.js";
import { DateText } from "./date-text.js";
import { DocumentText } from "./document-text.js";
import { FailureNotice } from "./failure-notice.js";
import { Panel } from "./panel.js";
import { Skeleton } from "./skeleton.js";

type Props = {
  send: Send;
  route: DocumentRoute;
  /** The hit that led here, if the page has it: its title stands until the document is loaded. */
  hit: Hit | undefined;
  onFolder(folder: string): void;
  onClose(): void;
};

export function DocumentPanel({ send, route, hit, onFolder, onClose }: Props) {
  const state = useDocument(send, route.id);
  const words = useMemo(() => (hit === undefined ? [] : matchedWords(hit.snippet)), [hit]);
  const shown = state.kind === "loaded" ? state.document : hit;
  return (
    <Panel
      name="document"
      label="Document"
      focusKey={route.id}
      onClose={onClose}
      head={
        <div class="document-head">
          <h2 class="panel-title document-title">{shown?.title ?? route.id}</h2>
          <p class="document-place">
            {shown?.path !== undefined && <Breadcrumbs path={shown.path} onFolder={onFolder} />}
          </p>
          <p class="document-facts">
            {shown !== undefined && <span class="badge">{mediaTypeName(shown.type)}</span>}
            {shown?.modifiedAt !== undefined && <DateText iso={shown.modifiedAt} />}
            <CopyButton text={shown?.path ?? route.id} />
          </p>
        </div>
      }
    >
      {state.kind === "loading" && <Skeleton rows={3} />}
      {state.kind === "failed" && <FailureNotice failure={state.failure} onRetry={state.retry} />}
      {state.kind === "loaded" && (
        <DocumentText key={route.id} document={state.document} passage={route.passage} words={words} />
      )}
    </Panel>
  );
}
