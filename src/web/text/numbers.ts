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

/** A share of 0..1 in a hundred: "0 %", "4.2 %", "37 %". */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** How long something takes, about: "under a minute", "12 minutes", "3 hours", "2 days". */
export function formatDuration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return "under a minute";
  if (minutes < 90) return plural(Math.round(minutes), "minute");
  const hours = minutes / 60;
  return hours < 36 ? plural(Math.round(hours), "hour") : plural(Math.round(hours / 24), "day");
}

/** How fast it goes, with the unit that leaves a number above one: "35 a second", "4.2 a second", "12 a minute". */
export function formatRate(perSecond: number): string {
  if (perSecond >= 9.95) return `${formatCount(Math.round(perSecond))} a second`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)} a second`;
  return `${Math.max(1, Math.round(perSecond * 60))} a minute`;
}

/** Scores of 0..1 to two places; larger ones (BM25) to one. */
export function formatScore(score: number): string {
  return Math.abs(score) >= 10 ? score.toFixed(1) : score.toFixed(2);
}
