// A server that listens: binds the address, and says what to do where that fails.

import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Engine } from "../engine/index.js";
import { LodestoneError } from "../errors.js";
import { isLoopback } from "./security.js";
import { createServer } from "./server.js";
import type { ServerOptions } from "./server-options.js";

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 7878;

export type ServeOptions = ServerOptions & {
  /** Address to listen on. Default 127.0.0.1. One that other machines can reach needs `allowedHosts`. */
  host?: string;
  /** Default 7878; 0 takes a free one. */
  port?: number;
};

export type RunningServer = {
  /** Where a browser finds it. */
  readonly url: string;
  readonly port: number;
  readonly app: FastifyInstance;
  /** Takes no more requests and resolves when those in flight are done. The engine stays open. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Serves an open engine. Throws ADDRESS_IN_USE or INVALID_INPUT. */
export async function serve(engine: Engine, options: ServeOptions = {}): Promise<RunningServer> {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, ...serverOptions } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LodestoneError("INVALID_INPUT", `A port is a whole number from 0 to 65535, not ${port}.`);
  }
  if (!isLoopback(host) && (serverOptions.allowedHosts ?? []).length === 0) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `Other machines can reach ${host}, and this server asks nobody for a password. If that is meant, name the hosts ` +
        "under which they reach it (allowed hosts); otherwise listen on 127.0.0.1.",
    );
  }
  const app = await createServer(engine, serverOptions);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
  const { port: bound } = app.server.address() as AddressInfo;
  const close = async () => {
    await app.close();
  };
  return { url: `http://${shownHost(host)}:${bound}`, port: bound, app, close, [Symbol.asyncDispose]: close };
}

// A wildcard address is where to listen, not where to go.
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function listenError(cause: unknown, host: string, port: number): unknown {
  const { code } = cause as { code?: string };
  const fail = (kind: "ADDRESS_IN_USE" | "INVALID_INPUT", message: string) =>
    new LodestoneError(kind, message, { cause, detail: { host, port } });
  switch (code) {
    case "EADDRINUSE":
      return fail(
        "ADDRESS_IN_USE",
        `Another program listens on ${host}, port ${port}; it may be a Lodestone that is already running. ` +
          `Stop it, or choose another port, for instance ${port < 65_535 ? port + 1 : port - 1}.`,
      );
    case "EACCES":
      return fail(
        "INVALID_INPUT",
        `This user may not listen on port ${port}. Choose a port above 1023, for instance ${DEFAULT_PORT}.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EINVAL":
      return fail(
        "INVALID_INPUT",
        `This machine has no address ${host}. Listen on 127.0.0.1 or on one of its own addresses.`,
      );
    default:
      return cause;
  }
}
