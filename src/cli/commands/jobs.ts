// lodestone jobs: what was submitted and what became of it; trying failed jobs again, and cancelling.

import { type Command, Option } from "commander";
import type { Engine, EngineOptions } from "../../engine/index.js";
import { LodestoneError } from "../../errors.js";
import type { Job, JobState } from "../../store/index.js";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { interruptible, type Shown } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { orAskTheWriter, withEngine, withoutReranking } from "../open-library.js";
import { wholeNumber } from "../option-values.js";
import { renderJob, renderJobPage } from "../render/jobs.js";
import { countOf, formatCount } from "../render/numbers.js";
import { oneLine } from "../render/printable.js";

const states: readonly JobState[] = ["queued", "running", "done", "failed", "cancelled"];
const JOB =
  "{id, kind, priority, state, subject, done, total, bytes, attempts, nextAttemptAt?, error?, createdAt, startedAt?, finishedAt?, result}";

type ListOptions = { state?: JobState; limit: number; offset: number };
type RetryOptions = { all?: boolean; wait: boolean };

export function addJobsCommand(program: Command, face: Face): void {
  const jobs = program.command("jobs").description("List, show, retry and cancel what was submitted to the library.");
  describe(jobs, { examples: ["jobs list --state failed", "jobs show j0000000042", "jobs retry --all"] });

  const list = jobs
    .command("list")
    .description("List jobs, newest first.")
    .addOption(new Option("--state <state>", "only jobs in this state").choices(states))
    .option("-n, --limit <n>", "jobs to show", wholeNumber(1, 1000), 50)
    .option("--offset <n>", "jobs to leave out before them", wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .action((options: ListOptions) => runList(options, face));
  describe(list, {
    examples: ["jobs list", "jobs list --state failed"],
    notes: [
      "Of finished jobs the last thousand are kept, for a week; failed ones until they are retried or cancelled.",
    ],
    json: `{jobs: [${JOB}], total, offset, limit}`,
  });

  const show = jobs
    .command("show <id>")
    .description("Show one job with its result, or why it failed.")
    .action((id: string) => runShow(id, face));
  describe(show, { examples: ["jobs show j0000000042"], json: JOB });

  const retry = jobs
    .command("retry [ids...]")
    .description("Try failed jobs again.")
    .option("--all", "all that have failed")
    .option("--no-wait", "only queue them: they are done when the library is next opened for writing")
    .action((ids: string[], options: RetryOptions) => runRetry(ids, options, face));
  describe(retry, {
    examples: ["jobs retry j0000000042", "jobs retry --all"],
    notes: ["Exit code 1 when one of them fails again."],
    json: `{jobs: [${JOB}]}`,
  });

  const cancel = jobs
    .command("cancel <ids...>")
    .description("Cancel jobs that are not over, or dismiss failed ones. What they have brought so far stays.")
    .action((ids: string[]) => runCancel(ids, face));
  describe(cancel, { examples: ["jobs cancel j0000000042"], json: `{jobs: [${JOB}]}` });
}

async function runList({ state, limit, offset }: ListOptions, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const page = await reading(face, (engine) =>
    engine.jobs.list({ limit, offset, ...(state === undefined ? {} : { state }) }),
  );
  if (shared().json) return terminal.printJson(page);
  if (page.jobs.length === 0) {
    terminal.stderr.write(state === undefined ? "No jobs.\n" : `No jobs are ${state}.\n`);
    return;
  }
  terminal.print(renderJobPage(page.jobs, terminal.stdout.style));
  const last = offset + page.jobs.length;
  if (page.total > last)
    terminal.note(
      `\n${formatCount(offset + 1)}-${formatCount(last)} of ${countOf(page.total, "job")}; more with --offset ${last}`,
    );
}

async function runShow(id: string, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const job = await reading(face, (engine) => engine.jobs.get(id));
  if (!job) {
    throw new LodestoneError("NOT_FOUND", `There is no job "${id.slice(0, 80)}". "lodestone jobs list" shows them.`);
  }
  if (shared().json) terminal.printJson(job);
  else terminal.print(renderJob(job, terminal.stdout.style));
}

async function runRetry(ids: string[], { all = false, wait }: RetryOptions, face: Face): Promise<void> {
  const { terminal, shared } = face;
  if ((ids.length === 0) !== all) {
    throw new LodestoneError(
      "INVALID_INPUT",
      "Name the jobs to retry, or --all, one of the two. Example: lodestone jobs retry --all",
    );
  }
  const retry = async ({ bar, signal }: Shown) => {
    const retried = await writing(face, { queue: { paused: !wait } }, async (engine) => {
      const jobs = all
        ? await engine.jobs.retry("failed")
        : (await Promise.all(ids.map((id) => engine.jobs.retry(id)))).flat();
      const ended: Job[] = [];
      for (const job of jobs) {
        bar.show("Retrying", ended.length / jobs.length, `${formatCount(ended.length)}/${countOf(jobs.length, "job")}`);
        ended.push(wait ? await engine.jobs.wait(job.id, { signal }) : job);
      }
      return ended;
    });
    bar.stop();
    tell(retried, face);
  };
  await interruptible(face, retry, {
    stopping: "Stopping. What is not done stays in the queue and goes on when the library is next opened for writing.",
  });

  function tell(retried: Job[], { exitWith }: Face): void {
    const failed = retried.filter(({ state }) => state === "failed");
    if (shared().json) terminal.printJson({ jobs: retried });
    else if (retried.length === 0) terminal.print("No job has failed.");
    else {
      const done = retried.filter(({ state }) => state === "done").length;
      terminal.print(
        wait
          ? `${countOf(done, "job")} done, ${formatCount(failed.length)} failed`
          : `${countOf(retried.length, "job")} queued`,
      );
    }
    for (const { id, error } of wait ? failed : [])
      terminal.warn(`${id} failed again: ${oneLine(error?.message ?? "")}`);
    if (wait && failed.length > 0) exitWith(EXIT_FAILURE);
  }
}

async function runCancel(ids: string[], face: Face): Promise<void> {
  const { terminal, shared } = face;
  const jobs = await writing(face, { queue: { paused: true } }, async (engine) => {
    const cancelled: Job[] = [];
    for (const id of ids) cancelled.push(await engine.jobs.cancel(id));
    return cancelled;
  });
  if (shared().json) return terminal.printJson({ jobs });
  for (const { id, state } of jobs)
    terminal.print(state === "cancelled" ? `${id} cancelled` : `${id} was ${state} already`);
}

function reading<T>({ shared }: Face, work: (engine: Engine) => Promise<T>): Promise<T> {
  return withEngine({ library: libraryFolder(shared().library), readOnly: true, ...withoutReranking }, work);
}

function writing<T>(
  { shared, terminal }: Face,
  options: Partial<EngineOptions>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const library = libraryFolder(shared().library);
  return orAskTheWriter("A server has them on its page under Jobs, and at /v1/jobs.", () =>
    withEngine({ library, ...withoutReranking, onNotice: terminal.warn, ...options }, work),
  );
}
