// The jobs: what is being done to the library, what waits, what has failed and why. Follows the server live.
import { useState } from "preact/hooks";
import type { Job, JobState } from "../api/jobs.js";
import { cancelJob, jobStates, retryFailedJobs, retryJob } from "../api/jobs.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf } from "../api/request.js";
import { useJobs } from "../hooks/use-jobs.js";
import { queueWords, stateNames } from "../jobs/job-words.js";
import { fragmentOf } from "../routing/pages.js";
import { formatCount } from "../text/numbers.js";
import { EmptyJobs } from "./empty-jobs.js";
import { FailureNotice } from "./failure-notice.js";
import { JobItem } from "./job-item.js";
import { RefusalNotice } from "./refusal-notice.js";
import { Skeleton } from "./skeleton.js";

type Props = { send: Send; parameters: URLSearchParams };

export function JobsPage({ send, parameters }: Props) {
  const state = jobStates.find((known) => known === parameters.get("state"));
  const jobs = useJobs(send, state);
  const [refusal, setRefusal] = useState<Failure>();
  const { listing, queue, connection } = jobs;

  const act = (work: Promise<Job | undefined>) => {
    work.then(
      (job) => {
        setRefusal(undefined);
        if (job === undefined) jobs.refresh();
        else jobs.take(job);
      },
      (error: unknown) => setRefusal(failureOf(error)),
    );
  };
  const failed = queue?.failed ?? 0;
  return (
    <>
      <aside class="rail" aria-label="States">
        <StateList chosen={state} counts={queue} />
      </aside>
      <main class="main jobs-main" id="jobs">
        <p class="visually-hidden" role="status">
          {queue !== undefined && queueWords(queue)}
        </p>
        <div class="page-head">
          <h1 class="page-title">Jobs</h1>
          <span class={`live live-${connection}`}>{connectionNames[connection]}</span>
          {failed > 0 && (
            <button
              type="button"
              class="button jobs-retry"
              onClick={() => act(retryFailedJobs(send).then(() => undefined))}
            >
              Retry {formatCount(failed)} failed
            </button>
          )}
        </div>
        {refusal !== undefined && <RefusalNotice failure={refusal} onDismiss={() => setRefusal(undefined)} />}
        {listing === undefined ? (
          jobs.failure === undefined ? (
            <Skeleton />
          ) : (
            <FailureNotice failure={jobs.failure} onRetry={jobs.refresh} />
          )
        ) : listing.jobs.length === 0 ? (
          <EmptyJobs state={state} />
        ) : (
          <>
            <ol class="jobs">
              {listing.jobs.map((job) => (
                <JobItem
                  key={job.id}
                  job={job}
                  onRetry={() => act(retryJob(send, job.id))}
                  onCancel={() => act(cancelJob(send, job.id))}
                />
              ))}
            </ol>
            {listing.jobs.length < listing.total && (
              <button type="button" class="button more" onClick={jobs.extend}>
                Show more ({formatCount(listing.jobs.length)} of {formatCount(listing.total)})
              </button>
            )}
          </>
        )}
      </main>
    </>
  );
}

const connectionNames = { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again" } as const;

type Counts = Readonly<Partial<Record<JobState, number>>>;

function StateList({ chosen, counts = {} }: { chosen: JobState | undefined; counts?: Counts | undefined }) {
  const choices = [undefined, ...jobStates];
  return (
    <nav class="filter" aria-label="States of jobs">
      <ul class="job-states">
        {choices.map((state) => (
          <li key={state ?? "all"}>
            <a class="choice" href={fragmentOf("jobs", { state })} aria-current={state === chosen ? "true" : undefined}>
              <span class="choice-name">{state === undefined ? "All" : stateNames[state]}</span>
              {state !== undefined && (counts[state] ?? 0) > 0 && (
                <span class="choice-count">{formatCount(counts[state] ?? 0)}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
