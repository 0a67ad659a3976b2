// A chart of the last hour, minute by minute. The values of one minute are read with the pointer or the arrow keys.
import { useState } from "preact/hooks";
import type { Series } from "../health/chart.js";
import { ceilingOf, chartHeight, chartWidth, lastKnown, pathOf, xOf, yOf } from "../health/chart.js";

type Props = {
  title: string;
  series: readonly Series[];
  /** When each minute began, ISO 8601. */
  times: readonly string[];
  format(value: number): string;
  /** The scale reaches at least this high. */
  least?: number;
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function MinuteChart({ title, series, times, format, least = 0 }: Props) {
  const [chosen, setChosen] = useState<number>();
  const ceiling = ceilingOf(series, least);
  const last = times.length - 1;
  const shown = chosen ?? lastKnown(series, last);
  const moment = shown === undefined ? "nothing asked" : clock.format(new Date(times[shown] ?? 0));
  const choose = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    setChosen(Math.max(0, Math.min(last, Math.round(((event.clientX - left) / width) * last))));
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, (shown ?? last) + step)));
  };
  const readings = series.map(({ name, kind, values }) => {
    const value = shown === undefined ? null : (values[shown] ?? null);
    return { name, kind, text: value === null ? "–" : format(value) };
  });
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <span class="chart-title">{title}</span>
        <span class="chart-readings">
          {readings.map(({ name, kind, text }) => (
            <span key={name} class="chart-reading">
              <span class={`swatch line-${kind}`} />
              {name} <b>{text}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        class="chart-box"
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={shown ?? last}
        aria-valuetext={`${moment}: ${readings.map(({ name, text }) => `${name} ${text}`).join(", ")}`}
        onPointerMove={choose}
        onPointerLeave={() => setChosen(undefined)}
        onBlur={() => setChosen(undefined)}
        onKeyDown={onKey}
      >
        <svg
          class="chart-lines"
          viewBox={`0 0 ${chartWidth} ${chartHeight}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {[0, 0.5, 1].map((share) => (
            <line
              key={share}
              class="chart-rule"
              x1="0"
              x2={chartWidth}
              y1={yOf(share * ceiling, ceiling)}
              y2={yOf(share * ceiling, ceiling)}
            />
          ))}
          {series.map(({ name, kind, values }) => (
            <path key={name} class={`chart-line line-${kind}`} d={pathOf(values, ceiling)} />
          ))}
          {chosen !== undefined && (
            <line
              class="chart-cursor"
              x1={xOf(chosen, times.length)}
              x2={xOf(chosen, times.length)}
              y1="0"
              y2={chartHeight}
            />
          )}
        </svg>
        <span class="chart-ceiling">{format(ceiling)}</span>
      </div>
      <div class="chart-axis">
        <span>an hour ago</span>
        <span>{chosen === undefined ? "" : moment}</span>
        <span>now</span>
      </div>
    </figure>
  );
}
