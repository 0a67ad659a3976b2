// The open document as the library keeps it: what is known of it, the passages that are searched, and its text. Here it can be deleted.
import { useState } from "preact/hooks";
import type { StoredDocument, TextRange } from "../api/documents.js";
import { deleteDocument } from "../api/documents.js";
import type { Send } from "../api/request.js";
import { useDocument } from "../hooks/use-document.js";
import { mediaTypeName } from "../text/media-type-name.js";
import { formatCount } from "../text/numbers.js";
import { Breadcrumbs } from "./breadcrumbs.js";
import { ChunkList } from "./chunk-list.js";
import { ConfirmDialog } from "./confirm-dialog.js";
import { CopyButton } from "./copy-button.js";
import { DateText } from "./date-text.js";
import { DocumentText } from "./document-text.js";
import { FailureNotice } from "./failure-notice.js";
import { Icon } from "./icon.js";
import { Panel } from "./panel.js";
import { RecordFacts } from "./record-facts.js";
import { Skeleton } from "./skeleton.js";

type Props = {
  send: Send;
  id: string;
  /** What the list calls it, until it is loaded. */
  title: string | undefined;
  canDelete: boolean;
  onFolder(folder: string): void;
  onDeleted(id: string): void;
  onClose(): void;
};

export function RecordPanel({ send, id, title, canDelete, onFolder, onDeleted, onClose }: Props) {
  const state = useDocument(send, id);
  const [isAsking, setAsking] = useState(false);
  const record = state.kind === "loaded" ? state.document : undefined;
  const name = record?.title ?? title ?? id;
  return (
    <Panel
      name="document"
      label="Document"
      focusKey={id}
      onClose={onClose}
      head={
        <div class="document-head">
          <h2 class="panel-title document-title">{name}</h2>
          <p class="document-place">
            {record?.path !== undefined && <Breadcrumbs path={record.path} onFolder={onFolder} />}
          </p>
          <p class="document-facts">
            {record !== undefined && <span class="badge">{mediaTypeName(record.type)}</span>}
            {record?.modifiedAt !== undefined && <DateText iso={record.modifiedAt} />}
            <span class="record-tools">
              <CopyButton text={record?.path ?? id} />
              {canDelete && record !== undefined && (
                <button type="button" class="quiet" onClick={() => setAsking(true)}>
                  <Icon name="delete" />
                  Delete
                </button>
              )}
            </span>
          </p>
        </div>
      }
    >
      {state.kind === "loading" && <Skeleton rows={3} />}
      {state.kind === "failed" && <FailureNotice failure={state.failure} onRetry={state.retry} />}
      {record !== undefined && <Record record={record} />}
      {isAsking && (
        <ConfirmDialog
          title="Delete this document?"
          action="Delete"
          onConfirm={() => deleteDocument(send, id)}
          onDone={() => onDeleted(id)}
          onClose={() => setAsking(false)}
        >
          <p>
            <b>{name}</b> is taken out of the library, and no search finds it any more.
          </p>
          {record?.path !== undefined && <p>Its file stays where it is. Indexing its folder again brings it back.</p>}
        </ConfirmDialog>
      )}
    </Panel>
  );
}

type View = "chunks" | "text";

function Record({ record }: { record: StoredDocument }) {
  const [view, setView] = useState<View>("chunks");
  const [passage, setPassage] = useState<TextRange>();
  const choices: readonly [View, string][] = [
    ["chunks", `Passages (${formatCount(record.chunks.length)})`],
    ["text", "Text"],
  ];
  const choose = (next: View) => {
    setView(next);
    setPassage(undefined);
  };
  return (
    <>
      <RecordFacts record={record} />
      <fieldset class="record-views">
        <legend class="visually-hidden">What to show</legend>
        <div class="segmented">
          {choices.map(([name, label]) => (
            <label key={name} class="segment">
              <input type="radio" name="record-view" checked={view === name} onChange={() => choose(name)} />
              <span>{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {view === "chunks" ? (
        <ChunkList
          record={record}
          onShow={(chunk) => {
            setView("text");
            setPassage(chunk);
          }}
        />
      ) : (
        <DocumentText document={record} passage={passage} words={[]} />
      )}
    </>
  );
}
