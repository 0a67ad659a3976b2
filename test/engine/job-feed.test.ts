import assert from "node:assert/strict";
import { test } from "node:test";
import { JobFeed } from "../../src/engine/job-feed.js";
import { emptyResult, type Job } from "../../src/store/index.js";

const job = (id: string, done: number): Job => ({
  id,
  kind: "put",
  priority: "bulk",
  state: "running",
  subject: id,
  done,
  total: 9,
  bytes: 1,
  attempts: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  result: emptyResult(),
});

test("every follower gets what is told from then on, in order", async () => {
  const feed = new JobFeed();
  feed.tell(job("a", 0));
  const [one, two] = [feed.follow(undefined), feed.follow(undefined)];
  const waiting = one.next();
  feed.tell(job("a", 1));
  assert.equal((await waiting).value?.done, 1);
  feed.tell(job("b", 1));
  assert.equal((await one.next()).value?.id, "b");
  assert.deepEqual([(await two.next()).value?.id, (await two.next()).value?.id], ["a", "b"]);
});

test("a follower who is slow gets the latest of each job, and never more than one of it", async () => {
  const feed = new JobFeed();
  const slow = feed.follow(undefined);
  for (let done = 0; done <= 9; done++) {
    feed.tell(job("a", done));
    if (done === 5) feed.tell(job("b", 0));
  }
  const seen = [(await slow.next()).value, (await slow.next()).value];
  assert.deepEqual(
    seen.map((each) => [each?.id, each?.done]),
    [
      ["b", 0],
      ["a", 9],
    ],
  );
});

test("following ends with its signal, with the feed, and when the follower leaves", async () => {
  const feed = new JobFeed();
  const controller = new AbortController();
  const [aborted, left, closed] = [feed.follow(controller.signal), feed.follow(undefined), feed.follow(undefined)];
  const ends = [aborted.next(), closed.next()];
  controller.abort();
  await left.return?.();
  feed.tell(job("a", 1));
  assert.equal((await left.next()).done, true);
  assert.equal((await ends[0])?.done, true);
  assert.equal((await ends[1])?.value?.id, "a");
  const last = closed.next();
  feed.close();
  assert.equal((await last).done, true);
  assert.equal((await feed.follow(undefined).next()).done, true);
  assert.equal((await feed.follow(AbortSignal.abort()).next()).done, true);
});
