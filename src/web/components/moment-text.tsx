// A moment: the time of day where it is today, else the day and the time.

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function MomentText({ iso }: { iso: string }) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time class="moment" dateTime={iso} title={whole.format(date)}>
      {(isToday ? time : dayAndTime).format(date)}
    </time>
  );
}
