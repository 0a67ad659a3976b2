// Numbers as a person reads them.

const whole = new Intl.NumberFormat("en");

export function formatCount(count: number): string {
  return whole.format(count);
}

/** "1 document", "2,000 documents". */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Three figures at most: 0.42 ms, 8.3 ms, 120 ms, 1.2 s. */
export function formatMs(ms: number): string {
  if (ms >= 999.5) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 9.95) return `${Math.round(ms)} ms`;
  return `${ms.toFixed(ms >= 0.995 ? 1 : 2)} ms`;
}

/** Powers of 1000: 999 B, 1.0 kB, 14.6 MB, 123 GB. */
export function formatBytes(bytes: number): string {
  const [smallest, ...larger] = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = smallest;
  for (const next of larger) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${unit === smallest || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** Scores of 0..1 to two places; larger ones (BM25) to one. */
export function formatScore(score: number): string {
  return Math.abs(score) >= 10 ? score.toFixed(1) : score.toFixed(2);
}
