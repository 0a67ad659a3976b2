// Health at a glance: what stands out, the last hour of queries, the vectors, and what changed when.
import { useMemo } from "preact/hooks";
import type { Alert, Health } from "../api/health.js";
import type { Send } from "../api/request.js";
import { marksOf } from "../health/chart.js";
import { changesOf, statusNames } from "../health/health-words.js";
import { useHealth } from "../hooks/use-health.js";
import { formatClock } from "../text/clock.js";
import { formatCount, formatMs, formatShare } from "../text/numbers.js";
import { FailureNotice } from "./failure-notice.js";
import { HealthDiagnosis } from "./health-diagnosis.js";
import { HealthVectors } from "./health-vectors.js";
import { MomentText } from "./moment-text.js";
import { Skeleton } from "./skeleton.js";
import { TimeChart } from "./time-chart.js";

export function HealthPage({ send }: { send: Send }) {
  const { health, failure, refresh } = useHealth(send);
  return (
    <>
      <aside class="rail" aria-label="Watched">
        {health !== undefined && <Watched health={health} />}
      </aside>
      <main class="main health-main" id="health">
        <div class="page-head">
          <h1 class="page-title">Health</h1>
          {health !== undefined && (
            <span class={`health-mark health-${health.status}`} role="status">
              {statusNames[health.status]}
            </span>
          )}
          {health !== undefined && failure !== undefined && (
            <span class="live live-lost">Connection lost, trying again</span>
          )}
        </div>
        {health !== undefined ? (
          <>
            <p class="health-sentence">{health.sentence}</p>
            {health.alerts.length > 0 && <Alerts alerts={health.alerts} />}
            <Queries health={health} />
            <HealthVectors embeddings={health.embeddings} />
            <HealthDiagnosis send={send} />
            <Changes health={health} />
          </>
        ) : failure === undefined ? (
          <Skeleton />
        ) : (
          <FailureNotice failure={failure} onRetry={refresh} />
        )}
      </main>
    </>
  );
}

function Watched({ health }: { health: Health }) {
  const { lastHour, confidence } = health.queries;
  const facts: [string, string][] = [
    ["Queries, last hour", formatCount(lastHour.queries)],
    ["Without results", share(lastHour.zeroResultRate)],
    ["Degraded", share(lastHour.degradedRate)],
    ["Vectors remembered", share(lastHour.cacheHitRate)],
    ["Confidence", confidence === null ? "not calibrated" : `by ${confidence.from}, AUC ${confidence.auc.toFixed(2)}`],
  ];
  return (
    <dl class="watched">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function share(value: number | null): string {
  return value === null ? "–" : formatShare(value);
}

function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <section aria-labelledby="alerts-title">
      <h2 id="alerts-title" class="part-title">
        Alerts
      </h2>
      <ul class="alerts">
        {alerts.map(({ id, severity, title, sentence, since, command, effect }) => (
          <li key={id} class={`alert alert-${severity}`}>
            <p class="alert-title">
              <span class={`health-mark health-${severity}`}>{statusNames[severity]}</span>
              {title}, since <MomentText iso={since} />
            </p>
            <p>{sentence}</p>
            <p class="alert-remedy">
              <code>{command}</code> {effect}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Queries({ health }: { health: Health }) {
  const { lastHour, minutes } = health.queries;
  // New ones with each answer: what the charts are drawn anew for.
  const { times, marks } = useMemo(() => {
    const times = health.queries.minutes.map(({ at }) => at);
    return { times, marks: marksOf(changesOf(health), times) };
  }, [health]);
  const shared = { group: "queries" as const, times, marks, formatTime: formatClock, none: "nothing asked" };
  const percent = (value: number) => formatShare(value);
  return (
    <section aria-labelledby="queries-title">
      <h2 id="queries-title" class="part-title">
        Queries of the last hour
      </h2>
      {lastHour.queries === 0 ? (
        <p class="state-hint">Nothing was asked. What is asked from now on is drawn here, minute by minute.</p>
      ) : (
        <div class="charts">
          <TimeChart
            title="Latency"
            {...shared}
            format={formatMs}
            series={[
              { name: "p50", kind: "first", values: minutes.map(({ p50Ms }) => p50Ms) },
              { name: "p99", kind: "second", values: minutes.map(({ p99Ms }) => p99Ms) },
            ]}
          />
          <TimeChart
            title="Queries a minute"
            {...shared}
            format={(value) => formatCount(Math.round(value))}
            whole={true}
            series={[{ name: "asked", kind: "first", values: minutes.map(({ queries }) => queries) }]}
          />
          <TimeChart
            title="Low confidence"
            {...shared}
            format={percent}
            least={0.2}
            series={[
              { name: "low", kind: "second", values: minutes.map(({ lowConfidenceRate }) => lowConfidenceRate) },
            ]}
          />
          <TimeChart
            title="Cosine of the nearest"
            {...shared}
            format={(value) => value.toFixed(2)}
            least={0.5}
            series={[{ name: "mean", kind: "first", values: minutes.map(({ averageTopScore }) => averageTopScore) }]}
          />
        </div>
      )}
    </section>
  );
}

function Changes({ health }: { health: Health }) {
  const changes = changesOf(health);
  return (
    <section aria-labelledby="changes-title">
      <h2 id="changes-title" class="part-title">
        What changed when
      </h2>
      {changes.length === 0 ? (
        <p class="state-hint">Nothing yet.</p>
      ) : (
        <ol class="changes">
          {changes.map(({ at, kind, text }) => (
            <li key={`${at}${text}`} class={`change-item change-${kind}`}>
              <MomentText iso={at} />
              <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
