// A day, written as the reader's own locale has it.

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export function DateText({ iso }: { iso: string }) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return <span class="date">{iso}</span>;
  return (
    <time class="date" dateTime={iso} title={`Changed ${moment.format(date)}`}>
      {day.format(date)}
    </time>
  );
}
