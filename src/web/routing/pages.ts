// The pages and their addresses: the search at "#/" (or no fragment, or with a document open), every other page at "#/name",
// with parameters as "#/name?key=value". The query string belongs to the search and stays while other pages are looked at.

export const pages = [
  { name: "search", label: "Search" },
  { name: "documents", label: "Documents" },
  { name: "jobs", label: "Jobs" },
  { name: "migration", label: "Migration" },
  { name: "health", label: "Health" },
] as const;

export type PageName = (typeof pages)[number]["name"];

/** The page that a fragment names. What names none is the search: an address may be typed by hand. */
export function pageOf(fragment: string): PageName {
  const name = /^#\/([a-z-]+)(?:\?.*)?$/.exec(fragment)?.[1];
  return pages.find((page) => page.name === name)?.name ?? "search";
}

/** The parameters after the page's name. */
export function parametersOf(fragment: string): URLSearchParams {
  const start = fragment.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : fragment.slice(start + 1));
}

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The fragment of a page, for links. Parameters that are undefined are left out; a list is one parameter for each item. */
export function fragmentOf(page: PageName, parameters: Parameters = {}): string {
  const known = Object.entries(parameters).flatMap(([name, value = []]) =>
    (typeof value === "string" ? [value] : value).map((item): [string, string] => [name, item]),
  );
  const query = new URLSearchParams(known).toString();
  return `#/${page === "search" ? "" : page}${query === "" ? "" : `?${query}`}`;
}
