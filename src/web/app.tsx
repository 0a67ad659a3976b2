// The page: wires address, search and library to what is shown, and the keys to what they do.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { noteOpened } from "./api/feedback.js";
import { createSend } from "./api/request.js";
import { DocumentPanel } from "./components/document-panel.js";
import { DocumentsPage } from "./components/documents-page.js";
import { ExplainPanel } from "./components/explain-panel.js";
import { FilterRail } from "./components/filter-rail.js";
import { HealthPage } from "./components/health-page.js";
import type { HitActions } from "./components/hit-item.js";
import { JobsPage } from "./components/jobs-page.js";
import { KeysDialog } from "./components/keys-dialog.js";
import { MigrationPage } from "./components/migration-page.js";
import { PageFooter } from "./components/page-footer.js";
import { PageHeader } from "./components/page-header.js";
import { SearchField } from "./components/search-field.js";
import { SearchOutcome } from "./components/search-outcome.js";
import type { DocumentsView } from "./documents/documents-view.js";
import { documentsFragment, parseDocumentsView } from "./documents/documents-view.js";
import { useAddress } from "./hooks/use-address.js";
import { useLibrary } from "./hooks/use-library.js";
import { useMedia } from "./hooks/use-media.js";
import { useSearch } from "./hooks/use-search.js";
import { useShortcuts } from "./hooks/use-shortcuts.js";
import { focusHit, walkList } from "./list-focus.js";
import { pages } from "./routing/pages.js";
import { shownIn } from "./search/search-session.js";
import type { SearchView } from "./search/search-view.js";
import { emptyView } from "./search/search-view.js";
import type { Shortcut } from "./search/shortcut.js";

// The widths from which a panel stands beside the results; styles/panel.css has the same.
const explainDocks = "(min-width: 77.5rem)";
const documentDocks = "(min-width: 87.5rem)";

export function App() {
  const send = useMemo(() => createSend((input, init) => fetch(input, init)), []);
  const field = useRef<HTMLInputElement>(null);
  const { view, route, page, parameters, setView, openDocument, closeDocument, showFragment, leaveOpened } =
    useAddress();
  const [isExplaining, setExplaining] = useState(false);
  const [selectedId, setSelectedId] = useState<string>();
  const [showsKeys, setShowsKeys] = useState(false);
  const library = useLibrary(send);
  const { state, extend, retry } = useSearch(send, view, isExplaining);
  const canDockExplain = useMedia(explainDocks);
  const canDockDocument = useMedia(documentDocks);

  const answer = shownIn(state);
  const chosen = answer?.hits.find(({ id }) => id === selectedId) ?? answer?.hits[0];
  const listed = useMemo(() => parseDocumentsView(parameters), [parameters]);
  const record = page === "documents" ? listed.id : undefined;
  const panel =
    record !== undefined || (page === "search" && route !== undefined)
      ? "document"
      : page === "search" && isExplaining && chosen !== undefined
        ? "explain"
        : "none";
  const isCovered = (panel === "document" && !canDockDocument) || (panel === "explain" && !canDockExplain);

  const look = useCallback(
    (next: SearchView) => {
      setSelectedId(undefined);
      setView(next);
    },
    [setView],
  );
  const chooseFolder = (folder: string) => look({ ...view, folder });
  const explainHit = (id: string) => {
    setExplaining(!(isExplaining && chosen?.id === id));
    setSelectedId(id);
  };
  const actions: HitActions = {
    open: openDocument,
    noteOpened: (id) => {
      const searchId = answer?.searchIds.get(id);
      if (searchId !== undefined) noteOpened(send, { searchId, id });
    },
    explain: explainHit,
    select: setSelectedId,
    chooseFolder,
  };
  const list = useCallback(
    (next: DocumentsView, step: "push" | "replace") => showFragment(documentsFragment(next), step),
    [showFragment],
  );
  const closeRecord = () => leaveOpened(documentsFragment({ ...listed, id: undefined }));

  const toggleExplain = () => {
    if (answer === undefined || page !== "search") return false;
    if (route !== undefined) closeDocument();
    setExplaining(route !== undefined || !isExplaining);
    return true;
  };
  const stepBack = () => {
    if (record !== undefined) closeRecord();
    else if (route !== undefined) closeDocument();
    else if (isExplaining) setExplaining(false);
    else if (document.activeElement !== field.current && document.activeElement !== document.body)
      field.current?.focus();
    else if (view.query !== "") look({ ...view, query: "" });
    else field.current?.blur();
    return true;
  };
  const fieldAbove = () =>
    page === "documents" ? document.querySelector<HTMLElement>(".find .search-input") : field.current;
  useShortcuts((shortcut: Shortcut): boolean => {
    switch (shortcut) {
      case "focus-search":
        field.current?.focus();
        field.current?.select();
        return true;
      case "next":
        return walkList(1, fieldAbove());
      case "previous":
        return walkList(-1, fieldAbove());
      case "explain":
        return toggleExplain();
      case "keys":
        setShowsKeys(true);
        return true;
      case "escape":
        return stepBack();
      default:
        return shortcut satisfies never;
    }
  });

  useLayoutEffect(() => {
    const { label } = pages.find(({ name }) => name === page) ?? pages[0];
    const subject = page === "search" ? view.query.trim() : label;
    document.title = subject === "" ? "Lodestone" : `${subject} · Lodestone`;
  }, [page, view.query]);

  // A reader with a keyboard at hand can type at once; on a touch screen that would only raise the keyboard.
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches && location.hash === "") field.current?.focus({ preventScroll: true });
  }, []);

  const openId = route?.id;
  const lastOpenId = useRef(openId);
  useEffect(() => {
    if (openId === undefined && lastOpenId.current !== undefined) focusHit(lastOpenId.current, field.current);
    lastOpenId.current = openId;
  }, [openId]);

  const searchPage = (
    <>
      <FilterRail view={view} library={library} inert={isCovered} onView={look} />
      <main class="main" inert={isCovered}>
        <SearchOutcome
          state={state}
          view={view}
          library={library}
          chosenId={panel === "document" ? openId : panel === "explain" ? chosen?.id : undefined}
          isExplaining={isExplaining}
          actions={actions}
          onView={look}
          onExplain={toggleExplain}
          onExtend={extend}
          onRetry={retry}
        />
      </main>
      {panel === "document" && route !== undefined && (
        <DocumentPanel
          key={route.id}
          send={send}
          route={route}
          hit={answer?.hits.find(({ id }) => id === route.id)}
          onFolder={chooseFolder}
          onClose={closeDocument}
        />
      )}
      {panel === "explain" && answer !== undefined && (
        <ExplainPanel
          answer={answer}
          chosenId={chosen?.id}
          takesFocus={!canDockExplain}
          onClose={() => setExplaining(false)}
        />
      )}
    </>
  );
  return (
    <div class={`page with-${panel}`}>
      <PageHeader page={page} onHome={() => look(emptyView)} onKeys={() => setShowsKeys(true)}>
        <SearchField
          send={send}
          query={view.query}
          busy={state.kind === "asking"}
          field={field}
          onQuery={(query) => look({ ...view, query })}
          onSubmit={() => walkList(1, field.current)}
        />
      </PageHeader>
      {page === "search" && searchPage}
      {page === "documents" && (
        <DocumentsPage
          send={send}
          library={library}
          view={listed}
          isCovered={isCovered}
          onView={list}
          onOpen={(id) => showFragment(documentsFragment({ ...listed, id }), "open")}
          onClose={closeRecord}
        />
      )}
      {page === "jobs" && <JobsPage send={send} parameters={parameters} />}
      {page === "migration" && <MigrationPage send={send} library={library} />}
      {page === "health" && <HealthPage send={send} />}
      <PageFooter status={library.status} inert={isCovered} />
      {showsKeys && <KeysDialog onClose={() => setShowsKeys(false)} />}
    </div>
  );
}
