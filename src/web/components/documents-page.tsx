// The documents of the library: a list to page through and narrow, and the open one beside it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Send } from "../api/request.js";
import { nextAfter, pageBefore, pageCount, shownRange, withoutDocument } from "../documents/document-listing.js";
import type { DocumentsView } from "../documents/documents-view.js";
import { allDocuments, documentsFragment } from "../documents/documents-view.js";
import type { Documents } from "../hooks/use-documents.js";
import { useDocuments } from "../hooks/use-documents.js";
import type { Library } from "../hooks/use-library.js";
import { focusDocument } from "../list-focus.js";
import { formatCount, plural } from "../text/numbers.js";
import { ActiveFilters } from "./active-filters.js";
import { DocumentRow } from "./document-row.js";
import { EmptyLibrary } from "./empty-library.js";
import { FailureNotice } from "./failure-notice.js";
import { FindField } from "./find-field.js";
import { FolderFilter } from "./folder-filter.js";
import { Pager } from "./pager.js";
import { Rail } from "./rail.js";
import { RecordPanel } from "./record-panel.js";
import { Skeleton } from "./skeleton.js";
import { TypeFilter } from "./type-filter.js";

type Props = {
  send: Send;
  library: Library;
  view: DocumentsView;
  /** The open document covers the list. */
  isCovered: boolean;
  /** Another list; it closes the open document. */
  onView(view: DocumentsView, step: "push" | "replace"): void;
  onOpen(id: string): void;
  onClose(): void;
};

export function DocumentsPage({ send, library, view, isCovered, onView, onOpen, onClose }: Props) {
  const { status, facets } = library;
  const documents = useDocuments(send, view, status?.library.documents);
  const { listing } = documents;
  const field = useRef<HTMLInputElement>(null);
  const [deleted, setDeleted] = useState("");
  const narrow = (change: Partial<DocumentsView>, step: "push" | "replace" = "push") =>
    onView({ ...view, ...change, page: 1, id: undefined }, step);

  // The focus goes back to the row that the document was opened from; to the one that took its place where it was deleted.
  const lastId = useRef(view.id);
  const focusNext = useRef<string>(undefined);
  useEffect(() => {
    if (view.id === undefined && lastId.current !== undefined)
      focusDocument(focusNext.current ?? lastId.current, field.current);
    if (view.id === undefined) focusNext.current = undefined;
    lastId.current = view.id;
  }, [view.id]);

  // The last page can be emptied by what is deleted.
  const lastPage = listing === undefined ? undefined : pageBefore(listing, view.page);
  useEffect(() => {
    if (lastPage !== undefined) onView({ ...view, page: lastPage }, "replace");
  }, [lastPage, view, onView]);
  const { page } = view;
  const lastShown = useRef(page);
  useEffect(() => {
    if (page !== lastShown.current) scrollTo({ top: 0 });
    lastShown.current = page;
  }, [page]);

  const onDeleted = (id: string) => {
    if (listing !== undefined) {
      const index = listing.documents.findIndex((document) => document.id === id);
      focusNext.current = nextAfter(withoutDocument(listing, id), index) ?? id;
    }
    setDeleted(`${id} was deleted`);
    documents.drop(id);
    onClose();
    documents.refresh();
    library.refresh();
  };
  const count = (view.folder === undefined ? 0 : 1) + view.types.length;
  return (
    <>
      <Rail count={count} inert={isCovered}>
        {facets !== undefined && facets.folders.length > 0 && (
          <FolderFilter folders={facets.folders} chosen={view.folder} onChoose={(folder) => narrow({ folder })} />
        )}
        {facets !== undefined && facets.types.length > 0 && (
          <TypeFilter types={facets.types} chosen={view.types} onChoose={(types) => narrow({ types })} />
        )}
      </Rail>
      <main class="main" id="documents" inert={isCovered}>
        <p class="visually-hidden deleted" role="status">
          {deleted}
        </p>
        <div class="page-head">
          <h1 class="page-title">Documents</h1>
          {listing !== undefined && (
            <span class="page-count" role="status">
              {plural(listing.total, "document")}
            </span>
          )}
        </div>
        <FindField
          text={view.find}
          busy={documents.isBusy}
          field={field}
          onText={(find) => narrow({ find }, "replace")}
        />
        <ActiveFilters view={view} onView={(next) => narrow(next)} />
        <DocumentList documents={documents} library={library} view={view} onView={onView} onOpen={onOpen} />
      </main>
      {view.id !== undefined && (
        <RecordPanel
          key={view.id}
          send={send}
          id={view.id}
          title={listing?.documents.find(({ id }) => id === view.id)?.title}
          canDelete={status?.library.readOnly === false}
          onFolder={(folder) => narrow({ folder })}
          onDeleted={onDeleted}
          onClose={onClose}
        />
      )}
    </>
  );
}

type ListProps = Pick<Props, "library" | "view" | "onView" | "onOpen"> & { documents: Documents };

function DocumentList({ documents, library, view, onView, onOpen }: ListProps) {
  const { listing, failure, isBusy, refresh } = documents;
  const status = library.status;
  if (failure !== undefined) return <FailureNotice failure={failure} onRetry={refresh} />;
  if (listing === undefined) return <Skeleton />;
  if (listing.total === 0) {
    const isNarrowed = view.find.trim() !== "" || view.folder !== undefined || view.types.length > 0;
    if (isNarrowed) return <NothingFound view={view} onAll={() => onView(allDocuments, "push")} />;
    return status === undefined ? null : <EmptyLibrary status={status} />;
  }
  const { first, last } = shownRange(listing);
  return (
    <div class={isBusy ? "results busy" : "results"} data-place="results" aria-busy={isBusy}>
      <ol class="documents" start={first}>
        {listing.documents.map((document) => (
          <DocumentRow
            key={document.id}
            document={document}
            href={documentsFragment({ ...view, id: document.id })}
            isOpen={document.id === view.id}
            onOpen={() => onOpen(document.id)}
          />
        ))}
      </ol>
      <Pager
        page={view.page}
        pages={pageCount(listing)}
        words={`${formatCount(first)} to ${formatCount(last)} of ${formatCount(listing.total)}`}
        hrefOf={(page) => documentsFragment({ ...view, page, id: undefined })}
      />
    </div>
  );
}

function NothingFound({ view, onAll }: { view: DocumentsView; onAll(): void }) {
  const find = view.find.trim();
  return (
    <section class="state" aria-label="No documents">
      <h2 class="state-title">No such document</h2>
      {find === "" ? (
        <p>There is none under these filters.</p>
      ) : (
        <p>
          No id, path or title begins with <q>{find}</q>
          {(view.folder !== undefined || view.types.length > 0) && " under these filters"}. Write{" "}
          <code>field:value</code> for what the metadata says, or search for what a document is about.
        </p>
      )}
      <div class="state-actions">
        <button type="button" class="button" onClick={onAll}>
          Show all documents
        </button>
      </div>
    </section>
  );
}
