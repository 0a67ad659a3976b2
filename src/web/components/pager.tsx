// The way through the pages of a list. Nothing where there is only one.

type Props = { page: number; pages: number; words: string; hrefOf(page: number): string };

export function Pager({ page, pages, words, hrefOf }: Props) {
  if (pages === 1) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      {page > 1 ? (
        <a class="button" href={hrefOf(page - 1)} rel="prev">
          Previous
        </a>
      ) : (
        <span />
      )}
      <span class="pager-words">{words}</span>
      {page < pages ? (
        <a class="button" href={hrefOf(page + 1)} rel="next">
          Next
        </a>
      ) : (
        <span />
      )}
    </nav>
  );
}
