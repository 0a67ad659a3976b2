// The bench's handle of a system under test in a process of its own, where its memory can be told from everybody else's.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { HostReply, HostRequest, HostVerbs } from "./process-protocol.js";

export type SystemProcess = {
  call<Verb extends keyof HostVerbs>(
    verb: Verb,
    argument: Parameters<HostVerbs[Verb]>[0],
    onProgress?: (done: number, total: number) => void,
  ): Promise<Awaited<ReturnType<HostVerbs[Verb]>>>;
  /** Ends the process, whatever it is doing. */
  end(): Promise<void>;
};

type Waiting = {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?: ((done: number, total: number) => void) | undefined;
};

export function startSystemProcess(name: string): SystemProcess {
  const child = fork(fileURLToPath(new URL("./system-host.js", import.meta.url)), [name], {
    serialization: "advanced",
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = `${lastWords}${text}`.slice(-2000);
  });
  child.on("message", (reply: HostReply) => {
    const call = waiting.get(reply.id);
    if (!call) return;
    if (reply.kind === "progress") return call.onProgress?.(reply.done, reply.total);
    waiting.delete(reply.id);
    if (reply.kind === "result") call.resolve(reply.value);
    else call.reject(new Error(`${name}: ${reply.message}`, { cause: reply.stack }));
  });
  const exited = new Promise<void>((resolve) => {
    child.once("close", (code, signal) => {
      const error = new Error(`The process of ${name} ended (${signal ?? code}). ${lastWords}`.trim());
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      resolve();
    });
  });
  return {
    call: (verb, argument, onProgress) =>
      new Promise((resolve, reject) => {
        const request: HostRequest = { id: nextId++, verb, argument };
        waiting.set(request.id, { resolve: resolve as (value: unknown) => void, reject, onProgress });
        child.send(request, (error) => {
          if (!error || !waiting.delete(request.id)) return;
          reject(new Error(`${name} cannot be asked: ${error.message}. ${lastWords}`.trim()));
        });
      }),
    async end() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
