// The headings above a passage, from the outermost in.

export function HeadingTrail({ headings }: { headings: readonly string[] }) {
  if (headings.length === 0) return null;
  return (
    <p class="hit-trail">
      {headings.map((heading, index) => (
        <span key={`${index} ${heading}`} class="trail-step">
          {heading}
        </span>
      ))}
    </p>
  );
}
