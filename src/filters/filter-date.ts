// Dates in filters. A year, a month or a day stands for its whole length; a date with a time is an instant. UTC where no
// zone is named, so that an answer does not depend on where the engine runs.

/** Milliseconds since 1970: from `startMs` up to but without `endMs`. */
export type Period = { startMs: number; endMs: number };

const CALENDAR = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** The period of whole milliseconds or of an ISO 8601 date; undefined for anything else, also for dates that do not exist. */
export function periodOf(value: unknown): Period | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? { startMs: value, endMs: value + 1 } : undefined;
  if (typeof value !== "string") return undefined;
  const calendar = CALENDAR.exec(value);
  if (calendar) return calendarPeriod(calendar);
  const instant = INSTANT.exec(value);
  if (!instant || !periodOf(instant[1])) return undefined;
  const startMs = Date.parse(instant[2] ? value : `${value}Z`);
  return Number.isNaN(startMs) ? undefined : { startMs, endMs: startMs + 1 };
}

function calendarPeriod([, yearText, monthText, dayText]: RegExpExecArray): Period | undefined {
  const [year, month, day] = [Number(yearText), Number(monthText ?? 1) - 1, Number(dayText ?? 1)];
  const startMs = utc(year, month, day);
  const start = new Date(startMs);
  if (start.getUTCMonth() !== month || start.getUTCDate() !== day) return undefined;
  const endMs = dayText ? utc(year, month, day + 1) : monthText ? utc(year, month + 1, 1) : utc(year + 1, 0, 1);
  return { startMs, endMs };
}

// Date.UTC takes the years 0 to 99 for 1900 to 1999.
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}
