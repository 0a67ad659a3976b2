// Times on charts: the hour of today, or the day.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

export function formatClock(at: Date): string {
  return clock.format(at);
}

const dayMs = 24 * 3_600_000;

/** How to name times between two: by the hour within a day, by the day over more than a week. */
export function formatBetween(first: Date, last: Date): (at: Date) => string {
  const spanMs = last.getTime() - first.getTime();
  const format = spanMs <= dayMs ? clock : spanMs <= 7 * dayMs ? dayAndClock : day;
  return (at) => format.format(at);
}
