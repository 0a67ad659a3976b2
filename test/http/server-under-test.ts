// What the tests of this room share: the real engine over a small library in a folder of its own, a real server on a free
// port, and a client that sends just the bytes and headers it is given.

import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, openEngine } from "../../src/engine/index.js";
import { type RunningServer, type ServeOptions, serve } from "../../src/http/index.js";

/** Something with `after`: a test, or the whole file. */
export type Scope = { after(close: () => Promise<void>): void };

export const documents = [
  {
    id: "guides/rotate-keys.md",
    text: "# Rotate the keys\n\nCreate a new key every ninety days. Retire the old key a day later.",
    type: "text/markdown" as const,
    metadata: { team: "infra", year: 2024, tags: ["keys", "security"] },
  },
  {
    id: "guides/backup.md",
    text: "# Backups\n\nTake a snapshot each night and restore it once a month to see that it works.",
    type: "text/markdown" as const,
    metadata: { team: "infra", year: 2023 },
  },
  {
    id: "recipes/bread.txt",
    text: "Bread is baked from flour, water, salt and yeast. Let the dough rest for an hour.",
    metadata: { team: "kitchen", year: 2020 },
  },
  { id: "ü/日本 100%.txt", text: "The train to Kyoto leaves from platform four.", metadata: { year: 2024 } },
];

/** An open engine over `documents`, and a server of it. Server, engine and folder are gone after the tests. */
export async function startEverything(
  scope: Scope,
  options: ServeOptions = {},
): Promise<{ engine: Engine; server: TestServer }> {
  const folder = await mkdtemp(join(tmpdir(), "lodestone-http-"));
  const engine = await openEngine({ library: join(folder, "library") });
  await engine.put(documents);
  const server = await listen(engine, options);
  scope.after(async () => {
    await server.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { engine, server };
}

/** The engine with some of its verbs replaced. */
export function withVerbs(engine: Engine, verbs: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get(target, key) {
      if (Object.hasOwn(verbs, key)) return verbs[key as keyof Engine];
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; json: Record<string, unknown> };
export type Question = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  json?: unknown;
};
export type TestServer = RunningServer & { ask(path: string, question?: Question): Promise<Answer> };

/** A further server, closed after the test. */
export async function startServer(scope: Scope, engine: Engine, options: ServeOptions = {}): Promise<TestServer> {
  const server = await listen(engine, options);
  scope.after(() => server.close());
  return server;
}

async function listen(engine: Engine, options: ServeOptions): Promise<TestServer> {
  const server = await serve(engine, { port: 0, logLevel: "silent", ...options });
  return { ...server, ask: (path, question) => ask(server.port, path, question) };
}

/** One request over a connection of its own. */
export function ask(port: number, path: string, question: Question = {}): Promise<Answer> {
  const { json, headers = {} } = question;
  const body = json === undefined ? question.body : JSON.stringify(json);
  const method = question.method ?? (body === undefined ? "GET" : "POST");
  const type: Record<string, string> = json === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { ...type, ...headers }, agent: false });
    sent.on("error", reject);
    sent.on("response", async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString("utf8");
        const isJson = /json/.test(response.headers["content-type"] ?? "") && text !== "";
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, text, json: isJson ? JSON.parse(text) : {} });
      } catch (error) {
        reject(error);
      }
    });
    sent.end(body);
  });
}

/** Sends `bytes` as they are and gives back all that comes until the connection ends. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      received += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
}

export type Deferred<T> = { promise: Promise<T>; resolve(value: T): void };

/** A promise that the test settles. */
export function deferred<T>(): Deferred<T> {
  let settle: ((value: T) => void) | undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle?.(value) };
}
