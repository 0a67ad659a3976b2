// A worker for the tests of the thread protocol.

import { workerData } from "node:worker_threads";
import { LodestoneError } from "../../src/errors.js";
import type { CallContext } from "../../src/threads/protocol.js";
import { serve, transferring } from "../../src/threads/serve.js";

export type EchoVerbs = {
  echo(value: unknown): unknown;
  fail(argument: { code: boolean }): never;
  count(to: number, context: CallContext): Promise<number>;
  buffer(length: number): Float32Array<ArrayBuffer>;
  die(argument: null): never;
};

await serve<EchoVerbs>(async () => {
  if (workerData === "refuse") throw new LodestoneError("MODEL_NOT_FOUND", "no such thing");
  return {
    verbs: {
      echo: (value) => value,
      fail({ code }) {
        throw code ? new LodestoneError("DISK_FULL", "no room", { detail: { left: 0 } }) : new TypeError("wrong");
      },
      async count(to, { signal, progress }) {
        let n = 0;
        for (; n < to && !signal.aborted; n++) {
          progress(n);
          await new Promise((resolve) => setImmediate(resolve));
        }
        return n;
      },
      buffer(length) {
        const vector = new Float32Array(length).fill(1);
        return transferring(vector, [vector.buffer]);
      },
      die: () => process.exit(3),
    },
  };
});
