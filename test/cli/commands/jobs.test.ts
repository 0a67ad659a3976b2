import assert from "node:assert/strict";
import { test } from "node:test";
import type { Job, JobPage } from "../../../src/index.js";
import { notes, openWorkplace } from "../run-cli.js";

function workplace(t: { after(done: () => void): void }) {
  const place = openWorkplace();
  t.after(place.remove);
  place.write(notes);
  return place;
}

test("what is submitted without waiting is listed, cancelled, and done by the next command that writes", async (t) => {
  const { run } = workplace(t);
  const folder = await run(["index", "notes", "--no-wait", "--json"]);
  assert.equal(folder.code, 0, folder.stderr);
  const job = JSON.parse(folder.stdout) as Job;
  assert.deepEqual([job.state, job.kind, job.subject], ["queued", "paths", "notes"]);
  const stdin = await run(["index", "-", "--id", "mail", "--no-wait"], { input: "Never mind." });
  assert.match(stdin.stdout, /^j0000000002 submitted\nlibrary: /);

  const listed = await run(["jobs", "list"]);
  assert.match(
    listed.stdout,
    /^id +state +kind +progress +submitted \(UTC\) +subject\nj0000000002 +queued +put +0\/1 document /,
  );
  assert.match(listed.stdout, /\nj0000000001 +queued +paths .* notes\n$/);
  const cancelled = await run(["jobs", "cancel", "j0000000002"]);
  assert.deepEqual([cancelled.code, cancelled.stdout], [0, "j0000000002 cancelled\n"]);
  assert.match((await run(["status"])).stdout, /jobs +1 queued\n/);

  const next = await run(["index", "-", "--id", "other"], { input: "Something else." });
  assert.equal(next.code, 0, next.stderr);
  const shown = await run(["jobs", "show", job.id, "--json"]);
  const done = JSON.parse(shown.stdout) as Job;
  // It is older, but nobody waits for it: the document that was waited for came first or last, the folder may go on.
  assert.ok(["queued", "running", "done"].includes(done.state));
  const rest = await run(["index", "notes", "--json"]);
  assert.equal(rest.code, 0, rest.stderr);
  const all = JSON.parse((await run(["jobs", "list", "--state", "done", "--json"])).stdout) as JobPage;
  assert.ok(all.jobs.some(({ id }) => id === job.id));
  assert.equal((JSON.parse((await run(["list", "--json"])).stdout) as { total: number }).total, 4);
});

test("a job that failed is shown with its error, retried until it is done, and its exit code tells", async (t) => {
  const place = workplace(t);
  const { run } = place;
  await run(["index", "later", "--no-wait"]);
  // The next command that writes finds no such folder.
  const first = await run(["jobs", "retry", "--all"]);
  assert.deepEqual([first.code, first.stdout], [0, "No job has failed.\n"]);
  await run(["index", "notes"]);
  const failed = await run(["jobs", "list", "--state", "failed", "--json"]);
  const [job] = (JSON.parse(failed.stdout) as JobPage).jobs;
  assert.equal(job?.error?.code, "PATH_NOT_FOUND");
  const shown = await run(["jobs", "show", job!.id]);
  assert.match(shown.stdout, /state +failed\n[\s\S]*error +PATH_NOT_FOUND: There is no file or folder "later"/);
  const again = await run(["jobs", "retry", job!.id]);
  assert.equal(again.code, 1);
  assert.match(again.stdout, /^0 jobs done, 1 failed\n/);
  assert.match(again.stderr, /failed again: There is no file/);
  place.write({ "later/now.txt": "It is there now." });
  const mended = await run(["jobs", "retry", "--all", "--json"]);
  assert.equal(mended.code, 0, mended.stderr);
  assert.deepEqual(
    (JSON.parse(mended.stdout) as { jobs: Job[] }).jobs.map(({ id, state }) => [id, state]),
    [[job!.id, "done"]],
  );
});

test("a target that is mistyped leaves no failed job behind", async (t) => {
  const { run } = workplace(t);
  assert.equal((await run(["index", "nowhere"])).code, 1);
  const { jobs } = JSON.parse((await run(["jobs", "list", "--json"])).stdout) as JobPage;
  assert.deepEqual(
    jobs.map(({ state, error }) => [state, error?.code]),
    [["cancelled", "PATH_NOT_FOUND"]],
  );
});

test("what cannot be is told: no such job, nothing named, a library that a server writes, options that exclude each other", async (t) => {
  const place = workplace(t);
  const { run } = place;
  await run(["index", "notes"]);
  const missing = await run(["jobs", "show", "j0000000099"]);
  assert.deepEqual([missing.code, missing.stdout], [1, ""]);
  assert.match(missing.stderr, /There is no job "j0000000099"/);
  assert.equal((await run(["jobs", "cancel", "nonsense"])).code, 1);
  for (const words of [
    ["jobs", "retry"],
    ["jobs", "retry", "j0000000001", "--all"],
  ]) {
    const { code, stderr } = await run(words);
    assert.equal(code, 2);
    assert.match(stderr, /Name the jobs to retry, or --all/);
  }
  assert.equal((await run(["index", "notes", "--watch", "--no-wait"])).code, 2);
  const server = place.start(["serve", "--port", "0", "--json"]);
  t.after(() => server.kill("SIGKILL"));
  for await (const part of server.stdout) if (String(part).includes("\n")) break;
  const locked = await run(["jobs", "retry", "--all"]);
  assert.equal(locked.code, 1);
  assert.match(locked.stderr, /is being written by another process .* under Jobs, and at \/v1\/jobs/);
  assert.equal((await run(["jobs", "list"])).code, 0);
});
