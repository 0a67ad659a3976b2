// The mark: a compass needle between two field lines. Its halves have the colours that words (north) and meaning (south) have
// everywhere on the page. public/favicon.svg is the same drawing.

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <g transform="rotate(28 16 16)">
        <path class="mark-north" d="M16 3.5 20.6 16H11.4Z" />
        <path class="mark-south" d="M16 28.5 20.6 16H11.4Z" />
        <path class="mark-field" d="M8.3 6.2C3.2 12 3.2 20 8.3 25.8M23.7 6.2C28.8 12 28.8 20 23.7 25.8" />
      </g>
    </svg>
  );
}
