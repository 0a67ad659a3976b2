// The address bar as state: which search is shown (query string), which page is looked at and which document is open
// (fragment).
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { PageName } from "../routing/pages.js";
import { pageOf, parametersOf } from "../routing/pages.js";
import type { DocumentRoute } from "../search/document-route.js";
import { formatDocumentRoute, parseDocumentRoute } from "../search/document-route.js";
import { historyStep } from "../search/history-step.js";
import type { SearchView } from "../search/search-view.js";
import { formatSearchView, parseSearchView } from "../search/search-view.js";

export type Address = {
  view: SearchView;
  route: DocumentRoute | undefined;
  page: PageName;
  /** Of the page. */
  parameters: URLSearchParams;
  /** Another search; it closes the open document, and leaves any other page. */
  setView(next: SearchView): void;
  openDocument(route: DocumentRoute): void;
  closeDocument(): void;
  /** Shows another state of a page that is not the search. An "open" step is one that `leaveOpened` takes back. */
  showFragment(fragment: string, step: "push" | "replace" | "open"): void;
  /** Back to before the "open" step; where there was none, to `fragment`. */
  leaveOpened(fragment: string): void;
};

type Place = Pick<Address, "view" | "route" | "page" | "parameters">;

// Marks entries that this page made by opening a document: closing that document is then going back.
const openedHere = { openedHere: true };

export function useAddress(): Address {
  const [place, setPlace] = useState(readPlace);
  const placeRef = useRef(place);
  const changedAtMs = useRef(performance.now());

  const go = useCallback((next: Place, write: () => void) => {
    write();
    changedAtMs.current = performance.now();
    placeRef.current = next;
    setPlace(next);
  }, []);

  useEffect(() => {
    const follow = () => go(readPlace(), () => {});
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, [go]);

  const setView = useCallback(
    (view: SearchView) => {
      const step = historyStep(placeRef.current.view, view, performance.now() - changedAtMs.current);
      const url = urlOf(view, undefined);
      const wasElsewhere = placeRef.current.page !== "search";
      go(searchPlace(view, undefined), () => {
        if (step === "push" || wasElsewhere) history.pushState(null, "", url);
        else history.replaceState(null, "", url);
      });
    },
    [go],
  );

  const openDocument = useCallback(
    (route: DocumentRoute) => {
      const { view, route: present } = placeRef.current;
      const url = urlOf(view, route);
      go(searchPlace(view, route), () => {
        if (present === undefined) history.pushState(openedHere, "", url);
        else history.replaceState(history.state, "", url);
      });
    },
    [go],
  );

  const closeDocument = useCallback(() => {
    const { view } = placeRef.current;
    if (history.state?.openedHere === true) history.back();
    else go(searchPlace(view, undefined), () => history.replaceState(null, "", urlOf(view, undefined)));
  }, [go]);

  const showFragment = useCallback(
    (fragment: string, step: "push" | "replace" | "open") => {
      const { view } = placeRef.current;
      const url = `${location.pathname}${formatSearchView(view)}${fragment}`;
      const next = { view, route: undefined, page: pageOf(fragment), parameters: parametersOf(fragment) };
      go(next, () => {
        if (step === "push") history.pushState(null, "", url);
        else if (step === "open" && history.state?.openedHere !== true) history.pushState(openedHere, "", url);
        else history.replaceState(step === "open" ? history.state : null, "", url);
      });
    },
    [go],
  );

  const leaveOpened = useCallback(
    (fragment: string) => {
      if (history.state?.openedHere === true) history.back();
      else showFragment(fragment, "replace");
    },
    [showFragment],
  );

  return { ...place, setView, openDocument, closeDocument, showFragment, leaveOpened };
}

function readPlace(): Place {
  return {
    view: parseSearchView(location.search),
    route: parseDocumentRoute(location.hash),
    page: pageOf(location.hash),
    parameters: parametersOf(location.hash),
  };
}

function searchPlace(view: SearchView, route: DocumentRoute | undefined): Place {
  return { view, route, page: "search", parameters: new URLSearchParams() };
}

function urlOf(view: SearchView, route: DocumentRoute | undefined): string {
  return `${location.pathname}${formatSearchView(view)}${route === undefined ? "" : formatDocumentRoute(route)}`;
}
