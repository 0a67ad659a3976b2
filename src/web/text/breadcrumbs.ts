// A file's path as steps, and shortened in the middle where there is no room: the first folder says which project it is and
// the last two names say what the file is.

export type Crumb = { name: string; folder: string } | "gap";

/** Steps of the path without its last name (the file). `folder` is the path up to and including the step. */
export function crumbsOf(path: string): Exclude<Crumb, "gap">[] {
  const names = path.split("/");
  return names
    .slice(0, -1)
    .map((name, index) => ({ name, folder: names.slice(0, index + 1).join("/") }))
    .filter(({ name }) => name !== "");
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Leaves out middle steps until the line fits `maxChars`; the first and the last step stay as long as there are two. */
export function shortenCrumbs(crumbs: readonly Exclude<Crumb, "gap">[], lastName: string, maxChars: number): Crumb[] {
  const separator = 3;
  const width = (kept: readonly Crumb[]) =>
    kept.reduce((sum, crumb) => sum + separator + (crumb === "gap" ? 1 : crumb.name.length), lastName.length);
  const [first, ...rest] = crumbs;
  if (first === undefined || width(crumbs) <= maxChars) return [...crumbs];
  for (let dropped = 1; dropped < rest.length; dropped++) {
    const kept: Crumb[] = [first, "gap", ...rest.slice(dropped)];
    if (width(kept) <= maxChars) return kept;
  }
  const last = rest.at(-1);
  if (last === undefined) return [first];
  const shortest: Crumb[] = rest.length === 1 ? [first, last] : [first, "gap", last];
  return width(shortest) <= maxChars ? shortest : [first, "gap"];
}
