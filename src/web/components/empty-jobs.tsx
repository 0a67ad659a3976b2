// No jobs, or none in the state that was asked for.
import type { JobState } from "../api/jobs.js";
import { stateNames } from "../jobs/job-words.js";
import { fragmentOf } from "../routing/pages.js";
import { IndexCommand } from "./index-command.js";

export function EmptyJobs({ state }: { state: JobState | undefined }) {
  if (state !== undefined) {
    return (
      <section class="state" aria-label="No jobs">
        <h2 class="state-title">Nothing is {stateNames[state].toLowerCase()}</h2>
        <p>
          <a href={fragmentOf("jobs")}>All jobs</a>
        </p>
      </section>
    );
  }
  return (
    <section class="state" aria-label="No jobs">
      <h2 class="state-title">No jobs yet</h2>
      <p>Everything that changes the library is a job: it is kept until it is done, also when the machine stops.</p>
      <IndexCommand />
      <p class="state-hint">Of finished jobs the last thousand are kept, for a week.</p>
    </section>
  );
}
