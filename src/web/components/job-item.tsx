// One job: state, what it is about, how far it is, what came of it, and what can be done about it.
import { useState } from "preact/hooks";
import type { Job } from "../api/jobs.js";
import { kindNames, progressWords, resultWords, stateNames } from "../jobs/job-words.js";
import { formatBytes, formatCount } from "../text/numbers.js";
import { Icon } from "./icon.js";
import { MomentText } from "./moment-text.js";

type Props = { job: Job; onRetry(): void; onCancel(): void };

export function JobItem({ job, onRetry, onCancel }: Props) {
  const [isDetailed, setDetailed] = useState(false);
  const { state, subject, kind, error, result } = job;
  const isActive = state === "queued" || state === "running";
  const progress = progressWords(job);
  const done = resultWords(job);
  return (
    <li class={`job job-${state}`} aria-label={`${kindNames[kind]} ${subject}, ${stateNames[state]}`}>
      <div class="job-top">
        <span class="job-state">
          <span class="job-dot" />
          {stateNames[state]}
        </span>
        <MomentText iso={job.finishedAt ?? job.startedAt ?? job.createdAt} />
      </div>
      <h2 class="job-subject" title={subject}>
        <span class="job-kind">{kindNames[kind]}</span> {subject}
      </h2>
      {state === "running" && (
        <progress
          class="job-progress"
          aria-label={`Progress of ${subject}`}
          {...(job.total === null || job.total === 0 ? {} : { max: job.total, value: job.done })}
        />
      )}
      <p class="job-facts">
        {progress !== undefined && <span>{progress}</span>}
        {done !== "" && <span>{done}</span>}
        {job.attempts > 1 && <span>try {formatCount(job.attempts)}</span>}
        {job.nextAttemptAt !== undefined && (
          <span>
            next try <MomentText iso={job.nextAttemptAt} />
          </span>
        )}
      </p>
      {error !== undefined && state !== "done" && (
        <p class="job-error">
          {error.message} <span class="job-code">{error.code}</span>
        </p>
      )}
      <div class="job-tools">
        <button type="button" class="quiet" aria-expanded={isDetailed} onClick={() => setDetailed(!isDetailed)}>
          <Icon name="details" />
          Details
        </button>
        {state === "failed" && (
          <button type="button" class="quiet" onClick={onRetry}>
            <Icon name="retry" />
            Retry
          </button>
        )}
        {(isActive || state === "failed") && (
          <button type="button" class="quiet" onClick={onCancel}>
            <Icon name="close" />
            {isActive ? "Cancel" : "Dismiss"}
          </button>
        )}
      </div>
      {isDetailed && (
        <>
          <dl class="facts job-details">
            <Fact name="Job" value={`${job.id}, ${job.priority}`} />
            <Fact name="Size" value={formatBytes(job.bytes)} />
            <Fact name="Submitted" value={new Date(job.createdAt).toLocaleString()} />
            {job.startedAt !== undefined && <Fact name="Begun" value={new Date(job.startedAt).toLocaleString()} />}
            {job.finishedAt !== undefined && <Fact name="Over" value={new Date(job.finishedAt).toLocaleString()} />}
            {result.embedded > 0 && <Fact name="Embedded" value={formatCount(result.embedded)} />}
          </dl>
          {result.skips !== undefined && result.skips.length > 0 && (
            <ul class="job-skips" aria-label="Skipped">
              {result.skips.map(({ path, line, reason }) => (
                <li key={`${path}:${line ?? ""}`}>
                  <b>{line === undefined ? path : `${path}:${line}`}</b> {reason}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
