// The jobs in one state (or all), live.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Job, JobState, QueueDepth } from "../api/jobs.js";
import { fetchJobs } from "../api/jobs.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf } from "../api/request.js";
import type { Connection } from "../jobs/follow-jobs.js";
import { followJobs } from "../jobs/follow-jobs.js";
import type { JobListing } from "../jobs/job-listing.js";
import { extended, listingOf, updated } from "../jobs/job-listing.js";

const pageJobs = 50;

export type Jobs = {
  listing: JobListing | undefined;
  queue: QueueDepth | undefined;
  connection: Connection;
  failure: Failure | undefined;
  refresh(): void;
  /** Adds the next page. */
  extend(): void;
  /** Takes in a job that an action has changed, before its event comes. */
  take(job: Job): void;
};

export function useJobs(send: Send, state: JobState | undefined): Jobs {
  const [listing, setListing] = useState<JobListing>();
  const [queue, setQueue] = useState<QueueDepth>();
  const [connection, setConnection] = useState<Connection>("connecting");
  const [failure, setFailure] = useState<Failure>();
  const running = useRef(new AbortController());
  const wanted = useRef(state);
  wanted.current = state;

  const load = useCallback(
    (offset: number) => {
      if (offset === 0) {
        running.current.abort();
        running.current = new AbortController();
      }
      const { signal } = running.current;
      fetchJobs(send, { state: wanted.current, offset, limit: pageJobs }, signal).then(
        (page) => {
          if (signal.aborted) return;
          setFailure(undefined);
          setListing((before) => (offset === 0 || before === undefined ? listingOf(page) : extended(before, page)));
        },
        (error: unknown) => signal.aborted || setFailure(failureOf(error)),
      );
    },
    [send],
  );
  const take = useCallback((job: Job) => {
    setListing((before) => before && updated(before, job, wanted.current));
  }, []);

  useEffect(() => {
    setListing(undefined);
    load(0);
    return () => running.current.abort();
  }, [load, state]);

  useEffect(
    () =>
      followJobs({
        onConnected(depth) {
          setQueue(depth);
          load(0);
        },
        onJob: take,
        onQueue: setQueue,
        onConnection: setConnection,
      }),
    [load, take],
  );

  const extend = useCallback(() => load(listing?.jobs.length ?? 0), [load, listing]);
  return { listing, queue, connection, failure, refresh: useCallback(() => load(0), [load]), extend, take };
}
