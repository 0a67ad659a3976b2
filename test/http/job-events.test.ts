// The stream of job changes: what a client gets on connecting, afterwards, and when the server closes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, test } from "node:test";
import { serve } from "../../src/http/index.js";
import type { Job } from "../../src/index.js";
import { startEverything, startServer, withVerbs } from "./server-under-test.js";

const { engine, server } = await startEverything({ after });

type Message = { id?: string | undefined; event?: string | undefined; data?: unknown; comment?: string | undefined };

/** An event stream that is read message by message. */
async function follow(port: number, headers: Record<string, string> = {}) {
  const sent = request({ host: "127.0.0.1", port, path: "/v1/jobs/events", headers, agent: false });
  sent.on("error", () => undefined);
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const messages = (async function* () {
    let text = "";
    for await (const part of answer.setEncoding("utf8")) {
      text += part as string;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        yield parse(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  })();
  return { answer, messages, leave: () => sent.destroy() };
}

function parse(text: string): Message {
  const message: Message = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    if (name === "") message.comment = value;
    else if (name === "id") message.id = value;
    else if (name === "event") message.event = value;
    else if (name === "data") message.data = JSON.parse(value!);
  }
  return message;
}

async function next(messages: AsyncGenerator<Message>, event: string): Promise<Message> {
  for (;;) {
    const { value, done } = await messages.next();
    assert.ok(!done, `the stream ended before ${event}`);
    if (value.event === event) return value;
  }
}

test("a client gets the jobs that there are, then each change of a job with its progress, and the counts", async () => {
  const stream = await follow(server.port);
  assert.equal(stream.answer.headers["content-type"], "text/event-stream; charset=utf-8");
  assert.equal(stream.answer.headers["cache-control"], "no-store");
  const snapshot = (await next(stream.messages, "snapshot")).data as { jobs: Job[]; queue: unknown };
  assert.deepEqual(snapshot.queue, { queued: 0, running: 0, failed: 0, bytes: 0 });
  assert.equal(snapshot.jobs[0]?.state, "done");
  const submitted = await engine.submit({ kind: "put", documents: [{ id: "seen", text: "Seen live." }] });
  const states: string[] = [];
  const ids: number[] = [];
  while (states.at(-1) !== "done") {
    const { data, id } = await next(stream.messages, "job");
    const job = data as Job;
    assert.equal(job.id, submitted.id);
    states.push(job.state);
    ids.push(Number(id));
  }
  assert.deepEqual([...new Set(states)], ["queued", "running", "done"]);
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => a - b),
  );
  assert.deepEqual((await next(stream.messages, "queue")).data, { queued: 0, running: 0, failed: 0, bytes: 0 });
  stream.leave();
});

test("a stream without news says that it is still there", async (t) => {
  const quiet = await startServer(t, engine, { heartbeatMs: 5 });
  const stream = await follow(quiet.port);
  await next(stream.messages, "snapshot");
  const { value } = await stream.messages.next();
  assert.equal(value?.comment, "still here");
  stream.leave();
});

test("a client that goes away is not followed any more", async (t) => {
  const signals: AbortSignal[] = [];
  const jobs = Object.assign(Object.create(engine.jobs) as typeof engine.jobs, {
    list: engine.jobs.list.bind(engine.jobs),
    depth: engine.jobs.depth.bind(engine.jobs),
    events(options: { signal?: AbortSignal } = {}) {
      if (options.signal) signals.push(options.signal);
      return engine.jobs.events(options);
    },
  });
  const watched = await startServer(t, withVerbs(engine, { jobs }));
  const stream = await follow(watched.port);
  await next(stream.messages, "snapshot");
  stream.leave();
  const [signal] = signals;
  if (!signal!.aborted) await once(signal!, "abort");
});

test("a closing server ends its streams at once and closes", async () => {
  const closing = await serve(engine, { port: 0, logLevel: "silent", closeLimitMs: 60_000 });
  const stream = await follow(closing.port);
  await next(stream.messages, "snapshot");
  const closed = closing.close();
  for await (const _ of stream.messages) void _;
  await closed;
});

test("asking for the head of a stream begins none", async () => {
  assert.equal((await server.ask("/v1/jobs/events", { method: "HEAD" })).status, 404);
});
