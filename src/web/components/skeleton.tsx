// The shape of results to come. It appears only if the answer takes a moment.

export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        <div key={`row ${row}`} class="skeleton-hit">
          <span class="bone bone-place" />
          <span class="bone bone-title" />
          <span class="bone bone-line" />
          <span class="bone bone-line bone-short" />
        </div>
      ))}
    </div>
  );
}
