// Where a file lies: folders that can be chosen as a filter, then its name.
import { useMedia } from "../hooks/use-media.js";
import { crumbsOf, fileName, shortenCrumbs } from "../text/breadcrumbs.js";

/** About what fits one line beside the type and the date. */
const wideChars = 68;
const narrowChars = 36;

export function Breadcrumbs({ path, onFolder }: { path: string; onFolder(folder: string): void }) {
  const isNarrow = useMedia("(max-width: 40rem)");
  const name = fileName(path);
  const crumbs = shortenCrumbs(crumbsOf(path), name, isNarrow ? narrowChars : wideChars);
  return (
    <span class="crumbs" title={path}>
      {crumbs.map((crumb) =>
        crumb === "gap" ? (
          <span key="gap" class="crumb">
            …
          </span>
        ) : (
          <button
            key={crumb.folder}
            type="button"
            class="crumb"
            tabIndex={-1}
            onClick={() => onFolder(crumb.folder)}
            title={`Only in ${crumb.folder}`}
          >
            {crumb.name}
          </button>
        ),
      )}
      <span class="crumb crumb-file">{name}</span>
    </span>
  );
}
